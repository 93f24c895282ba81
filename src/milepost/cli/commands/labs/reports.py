"""`milepost labs reports`: checks that could not read a learner's answer, for authors.

Such a check counted as failed, because the lab's own solution did not break it. Its author should
still make it say what is wrong with the value.
"""

from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog.queries import list_unread_answers
from milepost.catalog.types import UnreadAnswerNote
from milepost.cli.commands.options import DataFolder
from milepost.cli.output.console import make_console, plain, print_json, say
from milepost.cli.processes.own_database import do_in_own_database

_SHOWN_LINES = 6


def reports(
    slug: Annotated[
        str | None, typer.Argument(metavar="[LAB]", help="Only this lab's; else of all labs.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    data: DataFolder = None,
) -> None:
    """Show checks that broke on a learner's answer instead of failing with a sentence."""
    found = do_in_own_database(data, partial(_list, slug=slug))
    if as_json:
        print_json([note.model_dump(mode="json") for note in found])
        return
    console = make_console()
    for note in found:
        _print_note(console, note)
    if not found:
        say(console, "No check has met an answer that it could not read.")
    else:
        say(
            console,
            "Each counted as failed for its learner. Make these checks test what they read first "
            "(its type, its length) with a sentence; `milepost labs verify` tries such answers.",
        )


def _print_note(console: Console, note: UnreadAnswerNote) -> None:
    times = "once" if note.times == 1 else f"{note.times:,} times"
    console.print(Text.assemble((note.lab, "bold"), "  ", plain(note.check_name)))
    facts = f"{times}, last {note.seen_at:%d %B %Y %H:%M} UTC, {note.stack}, seed {note.seed}"
    lines = note.detail.strip().splitlines()[-_SHOWN_LINES:]
    for text, looks in ((facts, "dim"), (note.message, ""), ("\n".join(lines), "dim")):
        console.print(Padding(Text(plain(text), style=looks), (0, 0, 0, 2)))
    console.print()


async def _list(session: AsyncSession, *, slug: str | None) -> list[UnreadAnswerNote]:
    return await list_unread_answers(session, slug)
