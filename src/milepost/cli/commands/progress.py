"""`milepost progress`: how one's progress came about, in figures; the page of it draws the same.

It shows what the server says, and works nothing out itself.
"""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from milepost.cli.commands.options import AsJson
from milepost.cli.output.console import make_console, plain, print_json, say
from milepost.cli.workspace.connection import connect
from milepost.client import History, LabHistory

_MINUTE, _HOUR = 60, 3600


def progress(as_json: AsJson = False) -> None:
    """Show what is practised and proven, the attempts to each pass, and the time it took."""
    with connect() as client:
        history = client.get_history()
    if as_json:
        print_json(history.model_dump(mode="json"))
        return
    console = make_console()
    if not history.days and not history.labs:
        say(console, "Nothing is handed in yet. `milepost status` says where to start.")
        return
    _print_days(console, history)
    if history.labs:
        _print_labs(console, history.labs)
        pause = history.longest_pause_seconds // _MINUTE
        say(
            console,
            "The time is an estimate: what lies between drafts saved, submissions and hints, "
            f"without pauses of more than {pause} minutes. Work in an editor of your own leaves "
            "no such signs.",
        )
    console.print(plain(f"The same as pictures: {client.url}/progress"), soft_wrap=True)


def _print_days(console: Console, history: History) -> None:
    if not history.days:
        return
    last = history.days[-1]
    since = history.days[min(1, len(history.days) - 1)].day
    count = f"{last.proven_count} proven, {last.practised_count} practised"
    say(console, f"Objectives since {since.day} {since:%B %Y}: {count}.")


def _print_labs(console: Console, labs: Sequence[LabHistory]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("lab or drill", no_wrap=True)
    table.add_column("attempts")
    table.add_column("time")
    for lab in labs:
        so_far = "" if lab.passed_at is not None else " so far"
        table.add_row(
            Text(plain(lab.lab)), f"{lab.attempt_count}{so_far}", _say_time(lab.worked_seconds)
        )
    console.print()
    console.print(table)
    console.print()


def _say_time(seconds: int | None) -> Text:
    if seconds is None:
        return Text("not known", style="dim")
    minutes = round(seconds / _MINUTE)
    if minutes < 1:
        return Text("less than a minute")
    hours, rest = divmod(minutes, _HOUR // _MINUTE)
    return Text(f"{hours} h {rest} min" if hours else f"{minutes} min")
