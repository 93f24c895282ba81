"""What can go wrong before a request reaches a domain, each with what to do next.

How an error is answered lives in `problems`.
"""

from milepost.core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
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


class RequestTooLarge(TooLargeError):
    """The body is larger than anything that is accepted here."""

    code = "request_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The request is larger than {limit:,} bytes, so nothing was stored. "
            "Send less: a submission holds source files only.",
            limit=limit,
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
