"""The `service` fixture: an HTTP client on the learner's own server, which runs in the guest.

Each check has a server of its own, started when it is first needed, with files, processes and
memory as fresh as after a deployment; so no check depends on what another did. Starting it and
saying why it does not start is `startup`.
"""

import time
from collections.abc import Mapping
from http import HTTPStatus

from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import (
    AnswerNotHttp,
    FileNotThere,
    GuestFault,
    ServiceNotReached,
    ServiceTimedOut,
)
from milepost.engine.checks.http.client import HttpClient
from milepost.engine.checks.http.connection import DeadlinePassed, Stream
from milepost.engine.checks.http.exchange import Answer
from milepost.engine.checks.startup import PORT, URL, FileChange, Server, start_server
from milepost.engine.evidence.remarks import Printed, PrintedLog

_LOG_CHARACTERS = 12_000


class Service(HttpClient):
    """The learner's service.

    What is put into `environment` is given to it when it starts, beside PORT.
    """

    url = URL
    log_title = "What the service printed"

    def __init__(self, check: CheckContext) -> None:
        super().__init__(check, URL)
        self._server: Server | None = None
        self._earlier_logs = ""
        self._is_shaken = False
        self._changes: list[FileChange] = []
        self.environment: dict[str, str] = {}

    # Its life

    def start(self) -> None:
        """Start it and wait until it listens; the first request would do the same."""
        if self._server is None:
            self._server = start_server(self._check, self.environment, (*self._changes,))

    def kill(self) -> None:
        """End it at once, as a crash of its machine would; its files stay."""
        if self._server is not None:
            self._server.kill()

    def restart(self) -> None:
        """Kill it and start it again, with the environment of now; its files stay."""
        self._close_server()
        self.start()

    # Its files, which each check has anew as they were handed in

    def add_files(self, files: Mapping[str, str | bytes]) -> None:
        """Lay files beside the learner's, or in place of them. What runs has read its own by then.

        Folders are made as they are needed.
        """
        since = time.monotonic()
        guest = self._check.get_clean_guest()
        for path, content in files.items():
            written = content.encode() if isinstance(content, str) else content
            guest.write(path, written)
            self._changes.append((path, written))
        shown = {path: content for path, content in files.items() if isinstance(content, str)}
        title = f"Laid beside your files: {', '.join(files)}"
        self._check.recorder.note(title, shown, since=since)

    def remove_files(self, path: str) -> None:
        """Take a file from the learner's, or a folder with all that is in it.

        Raises FileNotThere where there is no such path.
        """
        since = time.monotonic()
        if not self._check.get_clean_guest().remove(path):
            raise FileNotThere(
                f"`{path}` was to be taken away, and is not among your files. The brief says where"
                " it belongs."
            )
        self._changes.append((path, None))
        self._check.recorder.note(f"Taken away from your files: {path}", since=since)

    @property
    def logs(self) -> str:
        """Everything that it has printed in this check, on standard output and error."""
        printed = self._earlier_logs + (self._server.read_logs() if self._server else "")
        return self._check.take("logs", printed)

    def close(self) -> None:
        """End it and keep what it printed as evidence. The fixture does this after each check."""
        super().close()
        self._close_server()
        logs = clean(self._earlier_logs)
        if logs:
            lines = tuple(logs[-_LOG_CHARACTERS:].splitlines())
            piece = PrintedLog(title=self.log_title, response=Printed(lines))
            self._check.recorder.record(piece, since=time.monotonic())

    # Speaking with it

    def _dial(self) -> Stream:
        server = self._require_server()
        server.require_running(f"before `{self._title}`")
        sock = server.connect(self._deadline)
        if sock is None:
            server.require_running(f"before `{self._title}`")
            raise ServiceNotReached(
                f"Your service accepts no connection on port {PORT} any more: `{self._title}`"
                " could not be sent.",
                detail=server.describe_logs(),
            )
        return Stream(sock, server.running, self._deadline)

    def _note_answer(self, answer: Answer) -> None:
        # Frameworks answer 500 when code has failed. A 503 is somebody's decision, and no traceback
        # comes with it.
        has_failed = int(answer.status_code) == HTTPStatus.INTERNAL_SERVER_ERROR
        self._is_shaken = self._is_shaken or has_failed

    def _explain(self, error: Exception, allowed: float) -> GuestFault:
        """Turn what went wrong with an exchange into the fault that a learner reads."""
        server = self._require_server()
        came = self._stream.received_bytes if self._stream is not None else 0
        if isinstance(error, DeadlinePassed):
            began = f"began to answer `{self._title}` ({came} bytes) but had not finished"
            return ServiceTimedOut(
                f"Your service {began if came else f'had not answered `{self._title}`'}"
                f" after {allowed:g} seconds.",
                limit="run_seconds",
                detail=server.describe_logs(),
            )
        server.require_running(f"during `{self._title}`", grace=True)
        head = clean(self._stream.head) if self._stream is not None else ""
        if not came:
            what = f"Your service closed the connection of `{self._title}` without an answer."
        elif not head.startswith("HTTP/"):
            what = f"What your service answered to `{self._title}` is not HTTP. It begins: {head!r}"
        else:
            what = f"Your service's answer to `{self._title}` is no whole HTTP response: {error}"
        return AnswerNotHttp(what, detail=server.describe_logs())

    def _require_server(self) -> Server:
        if self._server is None:
            raise RuntimeError("The service has not been started.")
        return self._server

    def _close_server(self) -> None:
        if self._server is not None:
            if self._is_shaken:
                self._server.let_it_print()
            self._earlier_logs += self._server.close()
            self._server = None
