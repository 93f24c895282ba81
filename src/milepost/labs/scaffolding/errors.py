"""The error of what cannot be begun: why, and what to do instead.

Other problems of labs are `model.LabInvalid`.
"""


class ScaffoldRefused(ValueError):
    """A new lab could not be begun. The message says why, `fix` what to do."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix
