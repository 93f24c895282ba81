"""What a lab's folder begins with: the starter, or what its learner has written on the lab's page.

Invariant: the draft is only read. What is written in the folder goes back as a submission.
"""

import sys
from collections.abc import Mapping

import typer

from milepost.cli.output.console import make_console, say
from milepost.cli.output.moments import say_since
from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.output.words import name_stack
from milepost.client import Client, Draft, Lab


def choose_files(
    client: Client, lab: Lab, stack: str, *, wants_draft: bool | None
) -> Mapping[str, str]:
    """Return the files to begin with, by path. Without a wish, whoever is there is asked.

    Where nobody can be asked it is the starter, and a sentence names the draft.
    """
    starter = lab.starter[stack]
    draft = None if wants_draft is False else client.find_draft(lab.slug, stack)
    if draft is None or draft.files == starter:
        if wants_draft:
            _fail_without_draft(client, lab, stack)
        return starter
    if wants_draft or (wants_draft is None and _ask(draft)):
        return draft.files
    return starter


def _ask(draft: Draft) -> bool:
    since = say_since(draft.saved_at)
    if sys.stdin.isatty():
        return typer.confirm(
            f"Begin with your draft from the lab's page, saved {since} ago? "
            "Otherwise it is the starter, and the draft stays where it is.",
            default=True,
            err=True,
        )
    say(
        make_console(stderr=True),
        f"You have a draft on the lab's page, saved {since} ago, and it stays there: this begins "
        "with the starter. To begin with the draft, add `--draft`.",
    )
    return False


def _fail_without_draft(client: Client, lab: Lab, stack: str) -> None:
    fail_used_wrongly(
        f"You have no draft of {lab.title} in {name_stack(stack)} on {client.url}, so nothing was "
        "written.",
        f"Begin with the starter: `milepost start {lab.slug} --starter`. A draft is there once "
        "you have changed something on the lab's page.",
    )
