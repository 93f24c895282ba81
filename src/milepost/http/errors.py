"""What can go wrong before a request reaches a domain, each with what to do next.

How an error is answered lives in `problems`.
"""

from milepost.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    MalformedError,
    MilepostError,
    NotFoundError,
    TooLargeError,
    TooSlowError,
    UnavailableError,
    UnconditionalError,
    UnsupportedError,
)


class CrossOriginRefused(ForbiddenError):
    """A page of another site tried to change something here."""

    code = "cross_origin_refused"

    def __init__(self) -> None:
        super().__init__(
            "This request came from a page of another site, so nothing was done. "
            "Open Milepost itself and do it there."
        )


class AccountChanged(ConflictError):
    """The page was made for another account than the one that is signed in."""

    code = "account_changed"

    def __init__(self) -> None:
        super().__init__(
            "Another account is signed in by now than the one that this page was made for, so "
            "nothing was done. Load the page again to go on as the one who is signed in."
        )


class AddressNotFound(NotFoundError):
    """No page and no endpoint can have such an address."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__(
            "There is nothing at this address. Check it, or start again from the first page."
        )


class RequestNotValid(InvalidError):
    """A field is missing or not as described; `faults` lists where and why."""

    code = "request_not_valid"

    def __init__(self, faults: list[dict[str, str]]) -> None:
        first = faults[0]
        super().__init__(
            f"{first['where']}: {first['problem']}. Fix it and send the request again.",
            faults=faults,
        )


class InternalError(MilepostError):
    """Something that nobody foresaw; it is in the server's log under `request_id`."""

    code = "internal_error"

    def __init__(self, request_id: str) -> None:
        super().__init__(
            "Something failed here that nobody foresaw. It is in the server's log as "
            f"request {request_id}; what you sent may be tried again.",
            request_id=request_id,
        )


class PreconditionRequired(UnconditionalError):
    """The request says nothing of the state that it changes, and could undo somebody's work."""

    code = "precondition_required"

    def __init__(self) -> None:
        super().__init__(
            "This request must say which state it was made from, so nothing was changed. Send the "
            "ETag that you last read as `If-Match`, or `If-None-Match: *` where there was nothing."
        )


class RequestTooLarge(TooLargeError):
    """The body is larger than anything that is accepted here."""

    code = "request_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The request is larger than {limit:,} bytes, so nothing was stored. "
            "Send less: a submission holds source files only.",
            limit=limit,
        )


class RequestTooSlow(TooSlowError):
    """The body did not arrive within the time that is waited for one."""

    code = "request_too_slow"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The body of the request had not arrived after {seconds:g} seconds, so nothing was "
            "stored. Send it again over a faster connection, or send less.",
            limit_seconds=seconds,
        )


class BodyNotReadable(MalformedError):
    """The body can't be decoded: it is not what its media type names."""

    code = "body_not_readable"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The body of the request can't be read: {reason}. Nothing was done. "
            "Fix it and send the request again."
        )


class MediaTypeNotTaken(UnsupportedError):
    """The body is of another media type than the one that is taken here."""

    code = "media_type_not_taken"

    def __init__(self, accept: str) -> None:
        super().__init__(
            f"The body of this request must be {accept}, and its Content-Type names something "
            f"else or nothing. Nothing was done. Send it with `Content-Type: {accept}`.",
            accept=accept,
        )


class ContentCodingNotTaken(UnsupportedError):
    """The body is compressed, and none of them is taken so (RFC 9110 §15.5.16)."""

    code = "content_coding_not_taken"

    def __init__(self) -> None:
        super().__init__(
            "The body of this request is compressed, which is not taken here. Nothing was done. "
            "Send it as it is, without Content-Encoding.",
            accept_encoding="identity",
        )


class DatabaseUnavailable(UnavailableError):
    """PostgreSQL does not answer."""

    code = "database_unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The database does not answer right now. Nothing you did was lost, and nothing new "
            "was stored. Try again in a few seconds; `milepost doctor` says more."
        )


class NotReady(UnavailableError):
    """The web server answers, and something that requests need is missing; `reasons` names it."""

    code = "not_ready"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons), reasons=reasons)
