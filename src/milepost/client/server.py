"""The client of one server: a method for each thing that the API offers to terminals.

Every method raises `ServerUnreachable`, `ApiProblem` or `NotMilepost`, and nothing else of its own;
making a client, `EnvironmentNotUsable`.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from milepost.client.connecting import explain_setup, is_on_this_machine
from milepost.client.consoles import ConsoleRun
from milepost.client.errors import ApiProblem, NotMilepost, ServerUnreachable, is_passing
from milepost.client.following import GradingFollower
from milepost.client.gradings import CheckHints, Grading, GradingEvent
from milepost.client.models import (
    Answers,
    Course,
    DeviceAuthorization,
    Draft,
    DraftFacts,
    Health,
    History,
    Lab,
    LabSummary,
    Me,
    PathSummary,
    Progress,
    SearchResults,
    Submission,
    Token,
)
from milepost.client.requests import (
    PACKAGE,
    bounding,
    reaching,
    read_answer,
    read_items,
    require_success,
)

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_SUBMIT_TRIES = 3
_PAUSE_SECONDS = 0.5


class Client:
    """One server, on behalf of whoever the token belongs to. Also a context manager."""

    def __init__(
        self, url: str, *, token: str | None = None, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"Accept-Encoding": "identity"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        with reaching(self.url), _obeying_environment():
            self._http = httpx.Client(
                base_url=f"{self.url}/api/v1",
                headers=headers,
                timeout=_TIMEOUT,
                transport=transport,
                event_hooks={"response": [bounding(self.url)]},
                follow_redirects=False,  # a token must never be carried somewhere else
                trust_env=not is_on_this_machine(self.url),  # proxies
                verify=httpx.create_ssl_context(),  # the environment's certificates, here too
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get_health(self) -> Health:
        """Return whether the server serves."""
        return read_answer(self._send("GET", "/health"), Health, url=self.url)

    def get_me(self) -> Me:
        """Return whose token this is."""
        return read_answer(self._send("GET", "/me"), Me, url=self.url)

    def list_paths(self) -> list[PathSummary]:
        """Return the paths, with their languages and frameworks."""
        return read_items(self._send("GET", "/paths"), PathSummary, url=self.url)

    def get_progress(self) -> Progress:
        """Return how far the learner is on every path."""
        return read_answer(self._send("GET", "/progress"), Progress, url=self.url)

    def get_history(self) -> History:
        """Return how the learner's progress came about."""
        return read_answer(self._send("GET", "/progress/history"), History, url=self.url)

    def list_courses(self) -> list[Course]:
        """Return the suggested courses, in the order of their paths."""
        return read_items(self._send("GET", "/courses"), Course, url=self.url)

    def set_course_state(self, *, path: str, skill: str, state: str) -> Course:
        """Move a course to `planned`, `started`, `finished` or `none`."""
        address = f"/courses/{quote(path, safe='')}/{quote(skill, safe='')}/state"
        answer = self._send("PUT", address, json={"state": state})
        return read_answer(answer, Course, url=self.url)

    def list_labs(self) -> list[LabSummary]:
        """Return the labs, in the order of their paths."""
        return read_items(self._send("GET", "/labs"), LabSummary, url=self.url)

    def list_drills(self) -> list[LabSummary]:
        """Return the drills, in the order of their paths. A server too old for drills has none."""
        listed = read_items(self._send("GET", "/labs?kind=drill"), LabSummary, url=self.url)
        return [each for each in listed if each.kind == "drill"]

    def get_lab(self, slug: str) -> Lab:
        """Return a lab as it stands now: the one that was asked for, and no other."""
        lab = read_answer(self._send("GET", f"/labs/{quote(slug, safe='')}"), Lab, url=self.url)
        if lab.slug != slug:
            raise NotMilepost(self.url, "it sent another lab than the one asked for")
        return lab

    def get_answers(self, slug: str, *, stack: str | None = None) -> Answers:
        """Return the answers to a lab that the learner has passed; before, raise the problem."""
        answer = self._send(
            "GET", f"/labs/{quote(slug, safe='')}/answers", params={"stack": stack} if stack else {}
        )
        answers = read_answer(answer, Answers, url=self.url)
        if answers.lab != slug:
            raise NotMilepost(self.url, "it sent the answers to another lab than the one asked for")
        return answers

    def search(self, words: str, *, kind: str | None, limit: int) -> SearchResults:
        """Return the best of what has these words, of one kind or of all."""
        asked = {"q": words, "limit": str(limit)} | ({} if kind is None else {"kind": kind})
        answer = self._send("GET", "/search", params=asked)
        return read_answer(answer, SearchResults, url=self.url)

    def download_package(self, slug: str) -> bytes:
        """Return the zip with which a lab's visible checks run anywhere."""
        answer = self._send("GET", f"/labs/{quote(slug, safe='')}{PACKAGE}")
        require_success(answer, url=self.url)
        return answer.content

    def find_draft(self, lab: str, stack: str) -> Draft | None:
        """Return what the learner is writing on the lab's page, or None.

        A server that is too old for drafts has none.
        """
        address = f"/labs/{quote(lab, safe='')}/drafts"
        try:
            listed = read_items(self._send("GET", address), DraftFacts, url=self.url)
        except ApiProblem as problem:
            if problem.code != "not_found":
                raise
            return None
        if all(draft.stack != stack for draft in listed):
            return None
        answer = self._send("GET", f"{address}/{quote(stack, safe='')}")
        draft = read_answer(answer, Draft, url=self.url)
        if (draft.lab, draft.stack) != (lab, stack):
            raise NotMilepost(self.url, "it sent another draft than the one asked for")
        return draft

    def submit_solution(
        self,
        *,
        lab: str,
        stack: str,
        files: Mapping[str, str],
        kind: str = "submission",
        only: Sequence[str] = (),
    ) -> Submission:
        """Hand in a solution, exactly once even if the connection breaks on the way.

        A try may name the checks that it runs alone.
        """
        body: dict[str, Any] = {"lab": lab, "stack": stack, "files": dict(files), "kind": kind}
        body |= {"only": [*only]} if only else {}
        headers = {"Idempotency-Key": str(uuid4())}
        for _ in range(_SUBMIT_TRIES - 1):
            try:
                answer = self._send("POST", "/submissions", json=body, headers=headers)
                return read_answer(answer, Submission, url=self.url)
            except (ServerUnreachable, ApiProblem) as error:
                if not is_passing(error):
                    raise
                time.sleep(_PAUSE_SECONDS)
        answer = self._send("POST", "/submissions", json=body, headers=headers)
        return read_answer(answer, Submission, url=self.url)

    def run_statements(
        self, *, lab: str, code: str, stack: str | None = None, shows_plan: bool = False
    ) -> ConsoleRun:
        """Have statements run in a copy of a lab's database; with none, its tables are told."""
        body: dict[str, Any] = {"language": "sql", "lab": lab, "code": code, "stack": stack}
        answer = self._send("POST", "/example-runs", json=body | {"shows_plan": shows_plan})
        return read_answer(answer, ConsoleRun, url=self.url)

    def get_console_run(self, run_id: UUID) -> ConsoleRun:
        """Return a run with what came of it, once it has ended."""
        return read_answer(self._send("GET", f"/example-runs/{run_id}"), ConsoleRun, url=self.url)

    def find_newest_submission(self, lab: str) -> Submission | None:
        """Return what the learner handed in last for a lab, or None."""
        answer = self._send("GET", "/submissions", params={"lab": lab, "limit": 1})
        return next(iter(read_items(answer, Submission, url=self.url)), None)

    def open_hint(self, submission_id: UUID, check: str) -> CheckHints:
        """Open the next step of a failed check's hint, and return all that are open."""
        answer = self._send("POST", f"/submissions/{submission_id}/hints", json={"check": check})
        return read_answer(answer, CheckHints, url=self.url)

    def get_grading(self, grading_id: UUID) -> Grading:
        """Return a grading with its checks so far."""
        return read_answer(self._send("GET", f"/gradings/{grading_id}"), Grading, url=self.url)

    def follow_grading(self, grading_id: UUID) -> Iterator[GradingEvent]:
        """Yield what happens in a grading, as it happens, until its verdict."""
        return GradingFollower(self._http, self.url, grading_id).events()

    def request_device_authorization(self, *, client_name: str) -> DeviceAuthorization:
        """Ask for this terminal to be let in."""
        answer = self._send("POST", "/device-authorizations", json={"client_name": client_name})
        return read_answer(answer, DeviceAuthorization, url=self.url)

    def redeem_device_code(self, device_code: str) -> str:
        """Return an access token, once a person has confirmed; before, raise the problem."""
        answer = self._send("POST", "/tokens", json={"device_code": device_code})
        return read_answer(answer, Token, url=self.url).token

    def revoke_token(self) -> None:
        """End this client's own token."""
        require_success(self._send("DELETE", "/tokens/current"), url=self.url)

    def _send(self, method: str, address: str, **options: Any) -> httpx.Response:
        with reaching(self.url):
            return self._http.request(method, address, **options)


@contextmanager
def _obeying_environment() -> Iterator[None]:
    """Name the setting of the environment with which no client can be made."""
    try:
        yield
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        problem = explain_setup(error)
        if problem is None:
            raise
        raise problem from error
