"""An HTTP exchange as evidence: of the check with the learner's service, or of it with others.

How one is carried out lives in `checks`.
"""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal, Self

from milepost.engine.evidence.contract import REQUESTS, Cutter, Evidence, Lane

_LOOKING = {"GET", "HEAD", "OPTIONS"}
_FAULT_STATUS = 500

Headers = dict[str, str] | str  # a header that came several times: each value on a line of its own


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What was sent."""

    method: str = ""
    url: str = ""
    headers: Headers = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A whole response."""

    status: int
    reason: str = ""
    headers: Headers = field(default_factory=dict)
    body: str = ""
    note: str | None = None  # what is worth knowing of how it was received


@dataclass(frozen=True, slots=True)
class NoResponse:
    """No whole response came; `fault` says why."""

    fault: str = ""
    first_bytes: str | None = None  # what came of one


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpExchange(Evidence):
    """A request and what was answered."""

    kind: Literal["exchange"] = field(default="exchange", init=False)
    request: HttpRequest
    response: HttpResponse | NoResponse

    lane: ClassVar[Lane | None] = REQUESTS
    bounded_by: ClassVar[str | None] = "run_seconds"

    @property
    def only_looks(self) -> bool:
        """Whether the method only reads (RFC 9110 §9.2.1)."""
        return self.request.method in _LOOKING

    @property
    def changes(self) -> bool:
        """Whether the method may change something."""
        return not self.only_looks

    @property
    def shows_breakdown(self) -> bool:
        """Whether no whole response came, or one that owns up to a fault."""
        return isinstance(self.response, NoResponse) or self.response.status >= _FAULT_STATUS

    def summarise(self) -> str:
        """Return the status of the response."""
        if isinstance(self.response, NoResponse):
            return "no whole answer"
        return f"{self.response.status} {self.response.reason}".rstrip()

    def excerpt(self, cutter: Cutter) -> Self:
        """Cut bodies after they are laid out: half of JSON can't be laid out any more."""
        request = replace(self.request, body=cutter.cut_body(self.request.body))
        response = self.response
        if isinstance(response, HttpResponse):
            response = replace(response, body=cutter.cut_body(response.body))
        return replace(
            self, request=cutter.cut_fields(request), response=cutter.cut_fields(response)
        )
