"""What can go wrong on pages alone, each with what to do next.

Errors of the domains come from the domains; how any is shown lives in `problem`.
"""

from milepost.core.errors import InvalidError, NotFoundError


class CourseStateUnknown(InvalidError):
    """A form names a state that no course can have."""

    code = "course_state_unknown"

    def __init__(self, states: list[str]) -> None:
        super().__init__(
            "This is no state of a course, so nothing was changed. Go back and use a button there; "
            f"a program sends `state` as one of {', '.join(states)}.",
            states=states,
        )


class SourceNotFound(NotFoundError):
    """There is no such file, or it is not meant to be read here."""

    code = "source_not_found"

    def __init__(self, path: str) -> None:
        super().__init__(
            "There is no file of this name here, or it is not meant to be read, as the answers "
            "of labs are not. The listing shows what can be read.",
            path=path,
        )
