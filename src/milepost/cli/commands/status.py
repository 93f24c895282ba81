"""`milepost status`: the track, how far each path is walked, where to start next.

It shows what the server says, and works nothing out itself.
"""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from milepost.cli.output.console import is_unicode, make_console, plain, print_json, sign
from milepost.cli.output.moments import say_since
from milepost.cli.workspace.connection import connect
from milepost.client import LeftOff, PathProgress, PathSummary, SkillProgress, Track

_BAR = 10


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Show how far you are on every path, and where to start next."""
    with connect() as client:
        progress = client.get_progress()
        paths = [] if as_json else client.list_paths()
    if as_json:
        print_json(progress.model_dump(mode="json"))
        return
    console = make_console()
    track = progress.track
    if track is None:
        console.print(f"No track is chosen yet. Choose one at {client.url}/track.", soft_wrap=True)
    else:
        console.print(plain(f"Your track is {_name_track(track, paths)}."))
    for path in progress.paths:
        console.print()
        _print_path(console, path)
    if progress.left_off is not None:
        console.print()
        _print_left_off(console, progress.left_off, client.url)


def _name_track(track: Track, paths: Sequence[PathSummary]) -> str:
    titles = {row.slug: row.title for path in paths for row in path.languages + path.frameworks}
    language, framework = (titles.get(slug, slug) for slug in (track.language, track.framework))
    return f"{language} with {framework}"


def _print_path(console: Console, path: PathProgress) -> None:
    console.print(Text.assemble((plain(path.title), "bold"), f": {path.tally}"))
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=1)
    rows.add_column(justify="right", width=2)
    rows.add_column(ratio=1)
    rows.add_column(width=_BAR, no_wrap=True)
    rows.add_column(min_width=8, no_wrap=True)
    for skill in path.skills:
        rows.add_row(
            _sign(console, skill),
            str(skill.order),
            Text(plain(skill.title), style="bold" if skill.is_start_here else ""),
            _bar(console, skill),
            _say_course(skill),
        )
        rows.add_row("", "", Text(plain(skill.words), style="dim"))
    console.print(rows)
    if path.words:
        console.print(plain(path.words), soft_wrap=True)


def _print_left_off(console: Console, left: LeftOff, server: str) -> None:
    console.print(plain(f"You left off {say_since(left.at)} ago at {left.words}."), soft_wrap=True)
    console.print(plain(f"Go on there: {server}{left.address}"), soft_wrap=True)


def _sign(console: Console, skill: SkillProgress) -> Text:
    if skill.is_walked:
        return sign(console, "passed")
    return Text(("»" if is_unicode(console) else ">") if skill.is_placed else "", style="green")


def _bar(console: Console, skill: SkillProgress) -> Text:
    full, half, empty = ("━", "╌", "─") if is_unicode(console) else ("#", "=", "-")
    share = skill.proven_count * _BAR // max(1, skill.provable_count)
    practised = min(_BAR - share, -(-skill.practised_count * _BAR // max(1, skill.objective_count)))
    rest = _BAR - share - practised
    return Text.assemble(
        (full * share, "green"), (half * practised, "green"), (empty * rest, "dim")
    )


def _say_course(skill: SkillProgress) -> Text:
    state = skill.course.state
    return Text("" if state == "none" else f"course {state}", style="dim")
