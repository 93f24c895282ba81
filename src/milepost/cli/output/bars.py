"""A progress bar for work that is counted in runs, such as verifying a lab.

It is gone when the work is done; what is said where nobody watches is up to the command.
"""

from rich import progress
from rich.console import Console


def make_bar(console: Console) -> progress.Progress:
    """Return a bar whose tasks have the fields `left`, a time in words, and `last`, what ended."""
    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.fields[left]}"),
        progress.TextColumn("{task.fields[last]}"),
        console=console,
        transient=True,
    )
