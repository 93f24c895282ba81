"""The shape of where a learner stands with a skill, shared by paths and by progress in short.

It is what `progress` found; nothing is worked out here.
"""

from pydantic import Field

from milepost.api.v1.schemas.shapes import Shape

START_HERE = (
    "The first skill that is neither walked nor placed and of which something can be proven; null "
    "when there is none."
)
PROVABLE = "How many objectives are proven or can be, by open labs of the learner's track."
PRACTISED = "How many more are practised: their drill was passed, and no lab has proven them yet."
WORDS = "Where to go on, or why nothing lies ahead, as pages and the terminal say it."


class StandingOut(Shape):
    """Where the learner stands with a skill."""

    provable_count: int = Field(description=PROVABLE, examples=[5])
    new_count: int = Field(
        description="How many can be proven since the skill was walked.", examples=[0]
    )
    is_walked: bool = Field(
        description=(
            "Whether all was proven that labs of the learner's track can prove. What was walked "
            "stays walked when labs are added."
        )
    )
    is_placed: bool = Field(
        description="Whether the skill's challenge was passed while not all of it is proven: "
        "*start here* moves past it, and only what the challenge proved is proven."
    )
    words: str = Field(
        description="The same in words, as pages and the terminal say it.",
        examples=["5 of the 5 that can be proven"],
    )
