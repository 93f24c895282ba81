"""What can go wrong in the JSON door itself, before any domain is asked.

Everything else that an endpoint answers is a domain's error.
"""

from milepost.core.errors import InvalidError, UnauthenticatedError


class AccessTokenRequired(UnauthenticatedError):
    """The request carries no access token, and it is about one."""

    code = "access_token_required"

    def __init__(self) -> None:
        super().__init__(
            "This request carries no access token, so there is none to end. Send it as "
            "`Authorization: Bearer …`. A browser's session is ended on its account page."
        )


class CursorNotValid(InvalidError):
    """The cursor is not one that a list gave out."""

    code = "cursor_not_valid"

    def __init__(self) -> None:
        super().__init__(
            "This cursor is not one that a list gave out. Send `next_cursor` as it came, "
            "or leave it out to begin with the newest."
        )
