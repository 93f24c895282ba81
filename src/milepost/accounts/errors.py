"""What can go wrong with signing in and with terminals, each with what to do next.

A link or code that is wrong, used or expired answers alike, so that none can be probed.
"""

from milepost.core.errors import ConflictError, NotFoundError, TooOftenError, UnauthenticatedError


class SignInRequired(UnauthenticatedError):
    """Nobody is signed in."""

    code = "sign_in_required"

    def __init__(self) -> None:
        super().__init__(
            "You are not signed in. Run `milepost open` for a sign-in link, "
            "or `milepost login` to let a terminal in."
        )


class SignInLinkNotValid(NotFoundError):
    """The link was never issued, was used already, or has expired."""

    code = "sign_in_link_not_valid"

    def __init__(self) -> None:
        super().__init__(
            "This sign-in link has been used or has expired. "
            "Run `milepost open` in a terminal for a new one."
        )


class DeviceCodeNotFound(NotFoundError):
    """No terminal waits for this code."""

    code = "device_code_not_found"

    def __init__(self) -> None:
        super().__init__(
            "No terminal is waiting for this code, or it waited too long. "
            "Run `milepost login` again for a new code."
        )


class AuthorizationPending(ConflictError):
    """The person has not confirmed the terminal yet (RFC 8628 §3.5)."""

    code = "authorization_pending"

    def __init__(self, interval_seconds: int) -> None:
        super().__init__(
            f"Nobody has confirmed this terminal yet. Ask again in {interval_seconds} seconds.",
            interval_seconds=interval_seconds,
            retry_after_seconds=interval_seconds,
        )


class SlowDown(TooOftenError):
    """The terminal asks again before its interval is over, which grows by that (RFC 8628 §3.5)."""

    code = "slow_down"

    def __init__(self, interval_seconds: int) -> None:
        super().__init__(
            "This terminal asks too often, and nobody has confirmed it yet. "
            f"From now on, ask every {interval_seconds} seconds.",
            interval_seconds=interval_seconds,
            retry_after_seconds=interval_seconds,
        )
