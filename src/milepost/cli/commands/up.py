"""`milepost up`: from a folder to a running Milepost with a sign-in link.

Each step is somebody else's (embedded, schema, catalog, accounts); their order, and what a person
reads meanwhile, is here. Invariant: whatever way this ends, everything it started has ended.
"""

import asyncio
import os
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from milepost import __version__
from milepost.accounts.service.signing_in import create_sign_in_link, get_or_create_owner
from milepost.catalog.errors import ContentIsNewer
from milepost.catalog.service import sync_content
from milepost.catalog.types import SyncReport
from milepost.cli.commands.options import DataFolder
from milepost.cli.output.invocation import typeable
from milepost.cli.output.problems import fail_ours, fail_used_wrongly
from milepost.cli.processes.data_folder import (
    RunningServer,
    acquire_data_folder,
    find_running,
    forget_running,
    record_running,
)
from milepost.cli.processes.database_fitness import (
    DatabaseFacts,
    find_room_problem,
    require_fit_database,
)
from milepost.cli.processes.ports import require_free_port
from milepost.cli.processes.supervisor import Child, Interruptions, Supervisor, describe_end
from milepost.core.addresses import describe_postgres
from milepost.core.config import Settings
from milepost.core.database import Database
from milepost.core.schema import upgrade_schema
from milepost.embedded import EmbeddedPostgres
from milepost.engine import probe_isolation
from milepost.progress.service import keep_placed, keep_walked
from milepost.search.service import index_own_source

_READY_SECONDS = 60.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def up(
    *,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 for any.")] = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many grading workers.")] = None,
    data: DataFolder = None,
    logs: Annotated[bool, typer.Option("--logs", help="Print logs here, not to files.")] = False,
    replace_content: Annotated[
        bool, typer.Option("--replace-content", help="Publish also over newer content.")
    ] = False,
) -> None:
    """Start Milepost and print a sign-in link. Ctrl-C stops everything; the data stays."""
    interruptions = Interruptions()
    supervisor = Supervisor(interruptions, say=_say)
    try:
        settings = _settle(port=port, host=host, workers=workers, data_dir=data)
        _require_content(settings.content_dir)
        _refuse_second(settings.data_dir)
        with ExitStack() as at_the_end:
            at_the_end.callback(supervisor.stop)
            acquire_data_folder(settings.data_dir, demanded_tier=settings.isolation)
            at_the_end.callback(forget_running, settings.data_dir)
            _start(supervisor, settings, logs=logs, replace_content=replace_content)
            supervisor.watch()
    except KeyboardInterrupt:
        _say("Stopped. The data is kept; the same command goes on with it.")


def _settle(**options: Any) -> Settings:
    """Settings of the environment under those of the command line, with whole paths."""
    given = {name: value for name, value in options.items() if value is not None}
    any_port = given.get("port") == 0
    if any_port:
        del given["port"]
    settings = Settings(**given)
    return settings.model_copy(
        update={
            "port": 0 if any_port else settings.port,
            "data_dir": settings.data_dir.absolute(),
            "content_dir": settings.content_dir.absolute(),
        }
    )


def _require_content(content_dir: Path) -> None:
    """Nothing is loaded from a wrong folder: that would take every path off the site."""
    if not any(content_dir.glob("*/path.toml")):
        fail_used_wrongly(
            f"There is no path in {content_dir}: no folder with a path.toml.",
            "Run this in Milepost's folder, or set MILEPOST_CONTENT_DIR.",
        )


def _refuse_second(data_dir: Path) -> None:
    running = find_running(data_dir)
    if running is not None:
        fail_used_wrongly(
            f"Milepost runs on {data_dir} already: {running.url} (process {running.pid}).",
            f"`milepost open` prints a sign-in link for it; kill {running.pid} stops it.",
        )


def _start(
    supervisor: Supervisor, settings: Settings, *, logs: bool, replace_content: bool
) -> None:
    settings = settings.model_copy(update={"port": require_free_port(settings.host, settings.port)})
    _say(f"Milepost {__version__}, data in {settings.data_dir}")
    url = settings.database_url or _start_database(supervisor, settings.data_dir)
    facts = require_fit_database(url)
    upgrade_schema(url)
    loaded, secret = asyncio.run(_fill(url, settings, replace_content=replace_content))
    _say_what_was_loaded(loaded)

    environment = _environment(settings, url)
    log_folder = None if logs else settings.data_dir / "logs"
    web = supervisor.start(_child("web", "The web server", environment, log_folder))
    for number in range(1, settings.workers + 1):
        name = f"worker-{number}"
        supervisor.start(_child(name, f"Grading worker {number}", environment, log_folder))
    _wait_until_it_answers(web, settings)

    base = _link_base(settings)
    record_running(settings.data_dir, _describe_running(base, settings))
    _warn_without_isolation(settings)
    _warn_without_room(facts, settings)
    say_sign_in_link(base, secret)
    _say("Ctrl-C stops everything.")


def _describe_running(base: str, settings: Settings) -> RunningServer:
    named = settings.database_url
    return RunningServer(
        url=base,
        pid=os.getpid(),
        version=__version__,
        local_url=local_base(settings),
        database=describe_postgres(named) if named else "",
    )


def _start_database(supervisor: Supervisor, data_dir: Path) -> str:
    database = EmbeddedPostgres(data_dir / "postgres")
    database.start()
    supervisor.adopt_database(database)
    return database.dsn


async def _fill(
    url: str, settings: Settings, *, replace_content: bool
) -> tuple[SyncReport | ContentIsNewer, str]:
    """Load the content, unless newer is there, and make the first account's sign-in link."""
    database = Database(url, pool_size=1)
    try:
        try:
            loaded = await _publish(database, settings, replace_content=replace_content)
        except ContentIsNewer as newer:
            return newer, await _make_link(database)
        return loaded, await _make_link(database)
    finally:
        await database.aclose()


async def _publish(database: Database, settings: Settings, *, replace_content: bool) -> SyncReport:
    async with database.transaction() as session:
        await keep_walked(session)
        await keep_placed(session)
        report = await sync_content(
            session,
            content_dir=settings.content_dir,
            course_urls_file=settings.course_urls_file,
            publish_unverified=settings.publish_unverified_labs,
            replace_newer=replace_content,
        )
        await index_own_source(session)
        return report


async def _make_link(database: Database) -> str:
    async with database.transaction() as session:
        owner = await get_or_create_owner(session, name="Learner")
        return await create_sign_in_link(session, owner)


async def make_sign_in_link(url: str) -> str:
    """Return the secret of a new sign-in link for the owner of the database at `url`."""
    database = Database(url, pool_size=1)
    try:
        return await _make_link(database)
    finally:
        await database.aclose()


def say_sign_in_link(base: str, secret: str) -> None:
    """Print a link, alone on its line so that terminals make it one."""
    _say("", "Sign in with this link (it works once, for half an hour):", "")
    _say(f"  {base}/sign-in/{secret}", "", "`milepost open` prints another.")


def _say_what_was_loaded(report: SyncReport | ContentIsNewer) -> None:
    if isinstance(report, ContentIsNewer):
        _say(report.message)
        return
    labs = ", ".join(report.labs) or "none"
    _say(f"Paths: {', '.join(report.paths) or 'none'}. Labs: {labs}.")
    for folder, problems in report.skipped:
        _say(f"Skipped {folder}: {problems[0] if problems else 'it can not be read'}")
    if report.skipped:
        _say("`milepost doctor` shows every problem of a skipped lab.")


def _warn_without_isolation(settings: Settings) -> None:
    isolation = probe_isolation(settings.isolation)
    if not isolation.ready:
        _say("", f"Labs can't be graded on this machine: {isolation.reason}", isolation.fix)


def _warn_without_room(facts: DatabaseFacts, settings: Settings) -> None:
    problem = find_room_problem(facts, workers=settings.workers)
    if problem is not None:
        _say("", problem.message, problem.fix)


def _environment(settings: Settings, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "MILEPOST_DATABASE_URL": url,
        "MILEPOST_HOST": settings.host,
        "MILEPOST_PORT": str(settings.port),
        "MILEPOST_DATA_DIR": str(settings.data_dir),
        "MILEPOST_CONTENT_DIR": str(settings.content_dir),
        "PYTHONUNBUFFERED": "1",
    }


def _child(name: str, title: str, environment: dict[str, str], logs: Path | None) -> Child:
    command = [sys.executable, "-P", "-m", "milepost.cli", name.split("-", 1)[0]]
    return Child(title, command, environment, None if logs is None else logs / f"{name}.log")


def _wait_until_it_answers(web: Child, settings: Settings) -> None:
    health = f"{local_base(settings)}/health"
    give_up_at = time.monotonic() + _READY_SECONDS
    with ExitStack() as stack:
        client = stack.enter_context(httpx.Client(trust_env=False, timeout=5))
        while not _answers(client, health):
            code = web.find_exit_code()
            if code is not None or time.monotonic() > give_up_at:
                end = "does not answer" if code is None else describe_end(code)
                fail_ours(f"The web server {end}. {_last_words(web)}", f"Log: {web.log_file}")
            time.sleep(0.05)


def _answers(client: httpx.Client, health: str) -> bool:
    try:
        return client.get(health).is_success
    except httpx.TransportError:
        return False


def _last_words(child: Child) -> str:
    if child.log_file is None:
        return ""
    lines = child.log_file.read_text(errors="replace").strip().splitlines()
    return f"It said last: {lines[-1].strip()}" if lines else ""


def local_base(settings: Settings) -> str:
    """Return the address by which this machine reaches a server of these settings."""
    host = _ANYWHERE.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _link_base(settings: Settings) -> str:
    return settings.public_url.rstrip("/") if settings.public_url else local_base(settings)


def _say(*lines: str) -> None:
    # A terminal that is gone must not stop the server.
    with suppress(OSError):
        for line in lines:
            typer.echo(typeable(line))
        sys.stdout.flush()
