"""`milepost doctor`: what is ready on this machine, and for what is not, why and what fixes it.

Changes nothing, but keeps how the self-tests of stacks ended. Invariant: it ends with 0 only if
everything that was looked at is ready.
"""

import json
from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from milepost import __version__
from milepost.cli.commands.doctor.findings import Finding, look_at_everything
from milepost.cli.commands.doctor.grading_findings import look_at_gradings
from milepost.cli.commands.options import AsJson, DataFolder
from milepost.cli.output.invocation import typeable
from milepost.cli.output.problems import ExitCode
from milepost.cli.processes.settings import find_settings
from milepost.core.config import get_settings


def doctor(
    *,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what is ready, and for what is not, why and what fixes it."""
    settings = find_settings(data)
    findings = [*look_at_everything(settings), *look_at_gradings(settings)]
    all_ready = all(finding.ready or finding.on_demand for finding in findings)
    if as_json:
        found = [asdict(finding) for finding in findings]
        document = {"version": __version__, "ready": all_ready, "findings": found}
        typer.echo(json.dumps(document, indent=2))
    else:
        if settings.content_dir != get_settings().content_dir:
            typer.echo(f"Looked at Milepost in {settings.content_dir.parent}, not at this folder.")
            typer.echo()
        _print(findings)
    raise typer.Exit(ExitCode.PASSED if all_ready else ExitCode.FAILED)


def _name_lack(finding: Finding) -> Text:
    return Text("on demand", "dim") if finding.on_demand else Text("not ready", "bold red")


def _print(findings: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        state = Text("ready", "green") if finding.ready else _name_lack(finding)
        table.add_row(finding.area, Text(finding.name), state, Text(finding.detail))
    console = Console()
    console.print(table)
    for finding in findings:
        if not finding.ready:
            fix = typeable(finding.fix)
            console.print(Text.assemble("\n", (f"{finding.name}: ", "bold"), fix), soft_wrap=True)
