"""`milepost search`: what has these words, with the address of each.

The server searches; a word is read there as on the search page.
"""

from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from milepost.cli.commands.options import AsJson
from milepost.cli.output.console import make_console, plain, print_json, say
from milepost.cli.output.problems import fail, fail_used_wrongly
from milepost.cli.workspace.connection import connect
from milepost.client import ApiProblem, Client, SearchResult, SearchResults
from milepost.search.policy import MOST_CHARACTERS
from milepost.search.types import EntryKind

_MOST = 10


def search(
    words: Annotated[
        list[str],
        typer.Argument(help="What to find. `or` takes either side, '\"two words\"' the phrase."),
    ],
    kind: Annotated[EntryKind | None, typer.Option(help="Only results of this kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many to list at most.")] = _MOST,
    as_json: AsJson = False,
) -> None:
    """Find lessons, drills, labs, objectives, skills, errors and Milepost's own source."""
    asked = _read_words(words)
    with connect() as client:
        found = _search(client, asked, kind, limit)
        if as_json:
            print_json([_to_json(client, result) for result in found.items])
            return
        _print(make_console(), client, asked, found)


def _read_words(words: list[str]) -> str:
    asked = " ".join(words).strip()
    if not asked:
        fail_used_wrongly("There is no word to search for.", "Name one: `milepost search loops`.")
    if len(asked) > MOST_CHARACTERS:
        fail_used_wrongly(
            f"A search has {MOST_CHARACTERS} characters at most, and this one has {len(asked):,}.",
            "Leave out all but the words that matter most.",
        )
    if not all(character.isprintable() or character.isspace() for character in asked):
        fail_used_wrongly(
            "This search holds a character that can't be shown, which nothing here contains.",
            "Type the words anew.",
        )
    return asked


def _search(client: Client, asked: str, kind: EntryKind | None, limit: int) -> SearchResults:
    try:
        return client.search(asked, kind=None if kind is None else kind.value, limit=limit)
    except ApiProblem as problem:
        if problem.code != "not_found":
            raise
        fail(
            f"The Milepost at {client.url} is too old to be searched.",
            "Whoever runs it can update it.",
        )


def _to_json(client: Client, result: SearchResult) -> dict[str, object]:
    return {
        **result.model_dump(mode="json", exclude={"excerpt", "address"}),
        "excerpt": "".join(piece.text for piece in result.excerpt),
        "url": f"{client.url}{result.address}",
    }


def _print(console: Console, client: Client, asked: str, found: SearchResults) -> None:
    if not found.items:
        say(console, f"Nothing has {asked!a}. Check the spelling, or use fewer words.")
        return
    if not found.has_all_words:
        say(console, "Nothing has all of these words; what follows has some of them.")
    for result in found.items:
        _print_result(console, client, result)
    if found.total > len(found.items):
        console.print()
        say(
            console,
            f"The first {len(found.items)} of {found.total}. `--limit 50` lists more, and "
            "`--kind` one kind alone.",
        )


def _print_result(console: Console, client: Client, result: SearchResult) -> None:
    name = f"{result.title}: {result.heading}" if result.heading else result.title
    facts = [result.context] if result.context else []
    facts += [] if result.is_in_track else ["not in your track"]
    title = Text.assemble((f"{result.kind:<10}", "dim"), (plain(name), "bold"))
    if facts:
        title.append(f"  {plain(', '.join(facts))}", style="dim")
    console.print(title, soft_wrap=not console.is_terminal)
    excerpt = Text()
    for piece in result.excerpt:
        excerpt.append(plain(piece.text), style="bold" if piece.is_match else "")
    if excerpt:
        console.print(Padding(excerpt, (0, 0, 0, 10)), soft_wrap=not console.is_terminal)
    # Never broken over lines, so that a terminal makes it a link.
    console.print(Text(f"{' ' * 10}{plain(client.url + result.address)}"), soft_wrap=True)
