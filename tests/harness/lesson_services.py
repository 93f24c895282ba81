"""Examples of lessons that are services: started with their framework, and asked over HTTP.

A lesson shows a service and, below it, a conversation. `read_conversation` reads one, `serving`
starts what stands above it as a learner would, with the stack's own libraries, and `hold` asks it.
What starts a service (a server's command, a port to listen on, Django's settings) is left out of
lessons, since it is the same everywhere, and is added here.
"""

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from milepost.engine.stacks import load_stack
from milepost.engine.stacks.on_host import translate_command

READY_SECONDS = 30.0
REQUEST = re.compile(r"([A-Z]+) (/\S*)(?: +(?!→)(.*?))?(?: +→ (\d{3})(?: (.*))?)?")
ANSWER = re.compile(r"→ (\d{3})(?: (.*))?")
HEADER = re.compile(r"([a-z][a-z-]*): (.+)")
FILE_NAME = re.compile(r"^(?:#|//) ([\w/-]+\.(?:py|mjs))$", re.MULTILINE)
# Which stack has what an example imports; what none has runs on the plain language.
STACKS = {
    "fastapi": r"^(?:from|import) (?:fastapi|starlette|pydantic|pydantic_settings)\b",
    "django": r"^(?:from|import) django\b",
    "express": r'^import .* from "(?:express|multer|zod)";$',
}
STARTS = {
    "fastapi": ("python", "-m", "uvicorn", "--no-access-log", "main:app", "--port"),
    "django": ("python", "serve.py", "runserver", "--noreload", "--skip-checks"),
    "express": ("node", "main.mjs"),
}
LISTEN = '\napp.listen(process.env.PORT, "127.0.0.1");\n'
DJANGO = """
import sys
from importlib import import_module

from django.conf import settings
from django.core.management import execute_from_command_line

MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
settings.configure(
    SECRET_KEY="made up",
    ROOT_URLCONF="main",
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=getattr(import_module("main"), "MIDDLEWARE", MIDDLEWARE),
)
execute_from_command_line(sys.argv)
"""


@dataclass(frozen=True)
class Exchange:
    """One request, and what a lesson shows of its answer: what is not shown may be anything."""

    method: str
    target: str
    body: str
    status: int
    answer: str
    sent: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def is_conversation(text: str) -> bool:
    """Whether a block of text is requests with their answers, and not what a program prints."""
    return "→ " in text and REQUEST.fullmatch(text.partition("\n")[0]) is not None


def read_conversation(text: str) -> list[Exchange]:
    """Read requests and answers: `GET /rooms/7 → 200 {"room": 7}`.

    Headers are lines of their own, indented as one likes: after the request, with the answer below
    them (`→ 200`), they are sent; after the answer they are expected.
    """
    found: list[Exchange] = []
    for part in re.split(r"\n(?=[A-Z]+ /)", text.strip()):
        first, *rest = [line.strip() for line in part.splitlines() if line.strip()]
        asked = REQUEST.fullmatch(first)
        assert asked is not None, f"This is no request: {first}"
        above: list[str] = []
        while asked[4] is None and rest and not ANSWER.fullmatch(rest[0]):
            above.append(rest.pop(0))
        answered = ANSWER.fullmatch(rest.pop(0)) if asked[4] is None and rest else None
        status, answer = (asked[4], asked[5]) if answered is None else answered.groups()
        assert status is not None, f"This request has no answer: {first}"
        found.append(
            Exchange(
                asked[1],
                asked[2],
                asked[3] or "",
                int(status),
                answer or "",
                sent=read_headers(above),
                headers=read_headers(rest),
            )
        )
    return found


def read_headers(lines: Sequence[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        header = HEADER.fullmatch(line)
        assert header is not None, f"This is no header: {line}"
        found[header[1]] = header[2]
    return found


def find_stack(code: str) -> str | None:
    """Return the stack whose libraries an example imports, None for one that needs none."""
    return next(
        (stack for stack, imports in STACKS.items() if re.search(imports, code, re.MULTILINE)), None
    )


def write_files(folder: Path, code: str, main: str) -> None:
    """Write an example into `main`, or into the files that lines such as `# rooms.py` begin."""
    before, *parts = FILE_NAME.split(code)
    if before.strip():
        parts = [main, code]
    for name, content in zip(parts[::2], parts[1::2], strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def prepare(
    stack: str, argv: Sequence[str], folder: Path, stacks_dir: Path
) -> tuple[list[str], dict[str, str]]:
    """Return the command with the stack's runtime, and its environment."""
    command = translate_command(load_stack(stack, stacks_dir), argv)
    if command.link is not None:
        name, target = command.link
        (folder / name).symlink_to(target)
    return list(command.argv), bare_environment() | dict(command.environment)


def bare_environment() -> dict[str, str]:
    """Return what a program needs to run at all: no setting of a developer's reaches an example."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


@contextmanager
def serving(
    code: str, folder: Path, stacks_dir: Path, more_environment: Mapping[str, str] | None = None
) -> Iterator[httpx.Client]:
    """Start the service that a block holds, and yield a client that follows no redirect."""
    stack = find_stack(code)
    assert stack is not None, "A service imports its framework."
    main = "main.mjs" if stack == "express" else "main.py"
    write_files(folder, code, main)
    if stack == "express":
        file = folder / main
        file.write_text(file.read_text(encoding="utf-8") + LISTEN, encoding="utf-8")
    (folder / "serve.py").write_text(DJANGO, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    argv = [*STARTS[stack], *([] if stack == "express" else [port])]
    command, environment = prepare(stack, argv, folder, stacks_dir)
    environment |= {"PORT": port} | dict(more_environment or {})
    log_path = folder / "service.log"
    with log_path.open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            wait_until_listening(server, int(port), log_path)
            # A server may hang up after an error, so that each request has its own connection.
            alone = httpx.Limits(max_keepalive_connections=0)
            url = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=url, timeout=20, limits=alone) as client:
                yield client
        finally:
            server.kill()
            server.wait()


def wait_until_listening(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up_at = time.monotonic() + READY_SECONDS
    while time.monotonic() < give_up_at and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"The service did not start: {log.read_text(encoding='utf-8')[-2000:]}")


def hold(client: httpx.Client, exchange: Exchange) -> None:
    """Send a request of a conversation, and assert that what it shows of the answer came."""
    kind = "application/json"
    if not exchange.body.startswith(("{", "[")):
        kind = "application/x-www-form-urlencoded"
    sent = {"content-type": kind, **exchange.sent} if exchange.body else dict(exchange.sent)
    answer = client.request(
        exchange.method, exchange.target, content=exchange.body.encode(), headers=sent
    )
    assert (answer.status_code, exchange.target) == (exchange.status, exchange.target), answer.text
    for name, value in exchange.headers.items():
        assert_like(answer.headers.get(name, ""), value)
    if exchange.answer.startswith(("{", "[")) and "…" not in exchange.answer:
        assert answer.json() == json.loads(exchange.answer)
    elif exchange.answer:
        assert_like(answer.text, exchange.answer)


def assert_like(got: str, shown: str) -> None:
    """Assert that a text is what a lesson shows, where `…` stands for anything that is there."""
    pattern = ".+".join(re.escape(part) for part in shown.split("…"))
    assert re.fullmatch(pattern, got, re.DOTALL), f"{got!r} is not {shown!r}"
