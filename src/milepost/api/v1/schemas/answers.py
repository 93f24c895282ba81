"""The shapes of a lab's answers, for a learner who has passed it.

Of the hidden checks that see a mistake only the number is told.
"""

from uuid import UUID

from pydantic import Field

from milepost.api.v1.schemas.shapes import Shape


class ModelAnswerOut(Shape):
    """A right answer, whole."""

    name: str = Field(examples=["python-streaming"])
    files: dict[str, str] = Field(examples=[{"report.py": "def parse_line(line):\n    ...\n"}])


class MistakeOut(Shape):
    """What people get wrong here: the idea behind it, the change, and what sees it."""

    title: str = Field(examples=["Sizes are added as texts"])
    text: str = Field(description="What a learner whose work fails so is told, as Markdown.")
    stack: str = Field(examples=["python"])
    over: str = Field(description="The model answer that it differs from.", examples=["python"])
    checks: list[str] = Field(
        description="The titles of the visible checks that see it.",
        examples=[["Bytes are summed as numbers"]],
    )
    hidden_check_count: int = Field(description="How many hidden checks see it too.", examples=[1])
    before: dict[str, str] = Field(
        description="The files of the model answer that it changes, by path."
    )
    after: dict[str, str] = Field(
        description="The same files with the mistake in them; one that is missing was removed."
    )


class AnswersOut(Shape):
    """The answers to a lab in one stack, of the version that the learner passed."""

    lab: str = Field(examples=["traffic-report"])
    version: str = Field(examples=["9d2f6c1b7a40"])
    stack: str = Field(examples=["python"])
    stacks: list[str] = Field(
        description="The stacks whose answers can be asked for.", examples=[["python", "node"]]
    )
    submission_id: UUID = Field(description="The submission that passed.")
    own: dict[str, str] | None = Field(
        description="The files of that submission, by path; null where it was in another stack."
    )
    solutions: list[ModelAnswerOut]
    mistakes: list[MistakeOut] = Field(description="Those of this stack first.")
