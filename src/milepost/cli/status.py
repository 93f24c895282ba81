"""`milepost status`: the track, how far each path is walked, where to start next.

It shows what the server says, and works nothing out itself.
"""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from milepost.cli.answers import connect
from milepost.cli.terminal import is_unicode, make_console, plain, print_json, sign
from milepost.client import PathProgress, PathSummary, SkillProgress, Track

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


def _name_track(track: Track, paths: Sequence[PathSummary]) -> str:
    titles = {row.slug: row.title for path in paths for row in path.languages + path.frameworks}
    language, framework = (titles.get(slug, slug) for slug in (track.language, track.framework))
    return f"{language} with {framework}"


def _print_path(console: Console, path: PathProgress) -> None:
    proven = f"{path.proven_count} of {path.objective_count} objectives proven"
    console.print(Text.assemble((plain(path.title), "bold"), f": {proven}"))
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=1)
    rows.add_column(justify="right", width=2)
    rows.add_column(ratio=1)
    rows.add_column(width=_BAR, no_wrap=True)
    rows.add_column(min_width=8, no_wrap=True)
    for skill in path.skills:
        rows.add_row(
            sign(console, "passed") if skill.is_walked else "",
            str(skill.order),
            Text(plain(skill.title), style="bold" if skill.is_start_here else ""),
            _bar(console, skill),
            _say_course(skill),
        )
        rows.add_row("", "", Text(plain(skill.words), style="dim"))
    console.print(rows)
    if path.words:
        console.print(plain(path.words), soft_wrap=True)


def _bar(console: Console, skill: SkillProgress) -> Text:
    full, empty = ("━", "─") if is_unicode(console) else ("#", "-")
    share = skill.proven_count * _BAR // max(1, skill.provable_count)
    return Text.assemble((full * share, "green"), (empty * (_BAR - share), "dim"))


def _say_course(skill: SkillProgress) -> Text:
    state = skill.course.state
    return Text("" if state == "none" else f"course {state}", style="dim")
