"""What can go wrong on pages alone, each with what to do next.

Errors of the domains come from the domains; how any is shown lives in `problem`.
"""

from milepost.core.errors import NotFoundError


class SourceNotFound(NotFoundError):
    """There is no such file, or it is not meant to be read here."""

    code = "source_not_found"

    def __init__(self, path: str) -> None:
        super().__init__(
            "There is no file of this name here, or it is not meant to be read, as the answers "
            "of labs are not. The listing shows what can be read.",
            path=path,
        )
