"""What `milepost doctor` looks at: stacks, isolation, PostgreSQL, content, the data folder, the
port.

Each look answers findings and raises nothing; how they are shown is `doctor`'s. Invariant: a
finding that is not ready says why, and what fixes it.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from milepost.catalog import reading
from milepost.catalog.errors import ContentInvalid
from milepost.cli.output.database_problems import (
    CHECK_URL,
    DatabaseProblem,
    explain_database_error,
)
from milepost.cli.processes.data_folder import RunningServer, find_running
from milepost.cli.processes.database_fitness import find_database_problem, look_at_database
from milepost.cli.processes.ports import bind_once
from milepost.cli.processes.selftests import try_new_stacks
from milepost.core.addresses import describe_postgres
from milepost.core.config import Settings
from milepost.embedded import EmbeddedPostgres, EmbeddedServerError
from milepost.engine import list_stacks, probe_isolation
from milepost.engine.backing.programs import find_program
from milepost.engine.backing.registry import list_components
from milepost.engine.stacks.descriptions import list_names
from milepost.labs import find_proof_problem, load_labs

_LEAST_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `detail` says what is there, or why it is not ready."""

    area: str
    name: str
    ready: bool
    detail: str
    fix: str = ""
    on_demand: bool = False  # it need not be there


def look_at_everything(settings: Settings) -> Iterator[Finding]:
    """Look at all that a running Milepost needs on this machine."""
    yield from look_at_stacks(settings)
    yield look_at_isolation(settings.isolation)
    yield from look_at_lab_services()
    yield look_at_postgres(settings)
    yield from look_at_content(
        settings.content_dir.absolute(), publish_unverified=settings.publish_unverified_labs
    )
    yield look_at_data_folder(settings.data_dir.absolute())
    yield look_at_port(settings)


def look_at_stacks(settings: Settings) -> Iterator[Finding]:
    """Every stack that solutions may be written in; those that have not passed here are tested."""
    try_new_stacks(list_names(), settings)
    for stack in list_stacks(settings.stacks_dir):
        detail = stack.version if stack.ready else stack.reason
        yield Finding("stack", stack.title, stack.ready, detail, stack.fix, stack.on_demand)


def look_at_isolation(tier: str | None = None) -> Finding:
    """Whether learner code can be isolated, as is demanded; without it nothing is graded."""
    status = probe_isolation(tier)
    if status.isolation is None:
        return Finding("isolation", "sandbox", ready=False, detail=status.reason, fix=status.fix)
    why = status.isolation.why_not_more
    detail = f"{status.isolation}: {why}" if why else str(status.isolation)
    return Finding("isolation", "sandbox", ready=True, detail=detail)


def look_at_lab_services() -> Iterator[Finding]:
    """What labs with components run on, such as a cache or a balancer; other labs do without."""
    for component in list_components():
        name = component.name
        try:
            found = find_program(component)
        except EmbeddedServerError as error:
            yield Finding(
                *("lab service", name),
                ready=False,
                detail=str(error),
                fix=error.fix,
                on_demand=component.on_demand,
            )
            continue
        if found is not None:
            detail = f"{found.title} {found.version}, of the {found.source}"
            yield Finding("lab service", name, ready=True, detail=detail)


def look_at_postgres(settings: Settings) -> Finding:
    """The database in use by what runs here, else the one that would be: named, or private."""
    running = find_running(settings.data_dir.absolute())
    named = settings.database_url
    in_use = running.database if running else describe_postgres(named) if named else ""
    if not in_use:
        return _look_at_private_postgres(settings)
    if named is not None and describe_postgres(named) == in_use:
        return _look_at_named_postgres(named)
    return _ask_running(running) if running else _look_at_private_postgres(settings)


def look_at_content(content_dir: Path, *, publish_unverified: bool) -> Iterator[Finding]:
    """Paths and labs as they stand in the content folder; broken and unproven labs by name."""
    folders = reading.list_path_folders(content_dir) if content_dir.is_dir() else []
    if not folders:
        yield Finding(
            "content",
            str(content_dir),
            ready=False,
            detail="There is no path here: no folder with a path.toml.",
            fix="Run this in Milepost's folder, or set MILEPOST_CONTENT_DIR.",
        )
        return
    for folder in folders:
        yield _look_at_path(folder)
    labs, broken = load_labs(content_dir)
    for lab in labs:
        problem = None if publish_unverified else find_proof_problem(lab)
        yield Finding(
            "lab",
            lab.slug,
            ready=problem is None,
            detail=problem or ", ".join(lab.stacks),
            fix=f"milepost labs verify {lab.slug}" if problem else "",
        )
    for each in broken:
        yield Finding(
            "lab",
            str(each.path.relative_to(content_dir)),
            ready=False,
            detail=" ".join(each.problems),
            fix=f"Fix the lab's files, then: milepost labs verify {each.path.name}",
        )


def look_at_data_folder(data_dir: Path) -> Finding:
    """Whether the data folder can be written, or made, and has room."""
    existing = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    if not (existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)):
        return Finding(
            "data",
            str(data_dir),
            ready=False,
            detail=f"{existing} can't be written by this user.",
            fix="Give it to this user, or set MILEPOST_DATA_DIR to another folder.",
        )
    free_bytes = shutil.disk_usage(existing).free
    return Finding(
        "data",
        str(data_dir),
        ready=free_bytes >= _LEAST_FREE_BYTES,
        detail=f"{free_bytes // 1024**2} MiB free",
        fix="" if free_bytes >= _LEAST_FREE_BYTES else "Free some disk space.",
    )


def look_at_port(settings: Settings) -> Finding:
    """Whether the port is free, or ours already."""
    running = find_running(settings.data_dir.absolute())
    if running is not None:
        detail = f"Milepost runs there (process {running.pid})"
        return Finding("port", running.url, ready=True, detail=detail)
    name = f"{settings.host}:{settings.port}"
    try:
        bind_once(settings.host, settings.port)
    except OSError as error:
        fix = f"Stop what uses it, or: milepost up --port {settings.port + 1}"
        return Finding("port", name, ready=False, detail=error.strerror or str(error), fix=fix)
    return Finding("port", name, ready=True, detail="free")


def _look_at_private_postgres(settings: Settings) -> Finding:
    server = EmbeddedPostgres(settings.data_dir.absolute() / "postgres")
    try:
        found = server.require_startable()
    except EmbeddedServerError as error:
        return Finding("service", "PostgreSQL", ready=False, detail=str(error), fix=error.fix)
    detail = f"{found.version}, private, of the {found.source}"
    return Finding("service", "PostgreSQL", ready=True, detail=detail)


def _ask_running(running: RunningServer) -> Finding:
    """Ask the Milepost that runs here for its database, whose address this shell does not have."""
    about = f"{running.database}, which runs this Milepost and is not named in this shell"
    fix = "Set MILEPOST_DATABASE_URL here as it was set where Milepost was started, and look again."
    try:
        answer = httpx.get(f"{running.local_url}/health/ready", timeout=15, trust_env=False)
        reason = "" if answer.is_success else str(answer.json().get("detail", answer.status_code))
    except (httpx.HTTPError, ValueError) as error:
        reason = str(error) or type(error).__name__
    detail = f"{about}: {reason}" if reason else about
    return Finding("service", "PostgreSQL", ready=not reason, detail=detail, fix=fix)


def _look_at_named_postgres(url: str) -> Finding:
    try:
        facts = look_at_database(url)
        problem = find_database_problem(facts)
    except psycopg.Error as error:
        problem = explain_database_error(error) or DatabaseProblem(str(error), CHECK_URL)
    if problem is not None:
        fix = f"{problem.fix} MILEPOST_DATABASE_URL names {describe_postgres(url)}."
        return Finding("service", "PostgreSQL", ready=False, detail=problem.message, fix=fix)
    detail = f"{facts.version}, {describe_postgres(url)}, {facts.free} connections free"
    return Finding("service", "PostgreSQL", ready=True, detail=detail)


def _look_at_path(folder: Path) -> Finding:
    try:
        content = reading.read_path(folder)
    except ContentInvalid as error:
        fix = "Fix the file; until then the path can't be loaded."
        return Finding("content", folder.name, ready=False, detail=error.message, fix=fix)
    lessons = sum(len(skill.lessons) for skill in content.skills)
    detail = f"{len(content.skills)} skills, {lessons} lessons"
    return Finding("content", folder.name, ready=True, detail=detail)
