"""What every answer of the API is to its client: frozen, and deaf to fields that it does not know.

What becomes a file name is checked (`Slug`), and what is shown on one line is one line (`Line`),
whatever the server sent.
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

_LONGEST_LINE = 200


def to_line(text: str) -> str:
    """Return a text as one line of reasonable length, without control characters."""
    words = "".join(char if char.isprintable() else " " for char in text[: 4 * _LONGEST_LINE])
    return " ".join(words.split())[:_LONGEST_LINE]


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, AfterValidator(to_line)]


class Answer(BaseModel):
    """What the API answers, or a part of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
