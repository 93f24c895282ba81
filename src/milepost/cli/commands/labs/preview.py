"""`milepost labs preview`: a lab as its learners would see it, on a page that follows every save.

What is graded and shown lives in `web.preview`; here it gets an engine and a server, which end
together. Invariant: it listens on this machine alone.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from milepost.cli.output.problems import ExitCode, fail_ours, fail_used_wrongly
from milepost.cli.processes.ports import bind_once
from milepost.cli.workspace.lab_folders import find_lab_folder
from milepost.cli.workspace.local_checks import draw_seed, open_engine
from milepost.engine import IsolationUnavailable

HOST = "127.0.0.1"
PORT = 8030
_END_SECONDS = 5


def preview(
    lab: Annotated[str, typer.Argument(help="The slug, or the folder, of a lab or drill.")],
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where it listens; 0 for any free port.")
    ] = PORT,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Draw the same inputs as a run with this seed.")
    ] = None,
    content: Annotated[
        Path, typer.Option(envvar="MILEPOST_CONTENT_DIR", help="The folder of all paths.")
    ] = Path("content"),
) -> None:
    """Show a lab as its learners would see it, graded anew on every save, until Ctrl-C."""
    folder = find_lab_folder(lab, content)
    free = _find_port(port)
    try:
        asyncio.run(_serve(folder, free, draw_seed() if seed is None else seed))
    except IsolationUnavailable as refusal:
        fail_ours(str(refusal))
    except KeyboardInterrupt:
        typer.echo("\nThe preview has ended.")
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def _find_port(port: int) -> int:
    try:
        return bind_once(HOST, port)
    except OSError as error:
        fail_used_wrongly(
            f"The preview can't listen on port {port}: {error.strerror or error}.",
            "Choose another with --port, or --port 0 for any that is free.",
        )


async def _serve(folder: Path, port: int, seed: int) -> None:
    # Imported late: no other command of an author needs a server and its pages.
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from milepost.web.preview import Rounds, create_preview_app

    async with open_engine() as engine:
        rounds = Rounds(folder, engine, seed)
        server = Server(
            create_preview_app(rounds),
            address=HOST,
            port=port,
            interface=Interfaces.ASGINL,
            websockets=False,
            log_enabled=False,
        )
        serving = asyncio.create_task(server.serve())
        keeping = asyncio.create_task(rounds.keep())
        typer.echo(f"{folder} as its learners would see it: http://{HOST}:{port}")
        typer.echo("Save a file, and the page shows it. Ctrl-C ends the preview.")
        try:
            await asyncio.wait({serving, keeping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rounds.close()
            keeping.cancel()
            server.stop()  # type: ignore[no-untyped-call]
            with suppress(TimeoutError):
                async with asyncio.timeout(_END_SECONDS):
                    await asyncio.shield(serving)
            await asyncio.gather(keeping, return_exceptions=True)
        for task in (serving, keeping):
            if not task.cancelled():
                task.result()
