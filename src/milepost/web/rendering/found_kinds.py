"""What kinds of results are called where they are listed, and what each kind is.

The kinds themselves are the domain's (`search.types`). Invariant: every kind has its words.
"""

from dataclasses import dataclass

from milepost.search.types import EntryKind


@dataclass(frozen=True, slots=True)
class FoundKind:
    """The words for one kind of results."""

    slug: str
    one: str
    many: str
    meaning: str


_WORDS = (
    (EntryKind.LESSON, "Lesson", "Lessons", "section by section, with their code"),
    (EntryKind.DRILL, "Drill", "Drills", "small exercises inside a lesson"),
    (EntryKind.LAB, "Lab", "Labs", "their briefs, tasks and visible checks"),
    (EntryKind.OBJECTIVE, "Objective", "Objectives", "what there is to prove"),
    (EntryKind.SKILL, "Skill", "Skills", "the milestones of a path, with their technologies"),
    (EntryKind.ERROR, "Error", "Errors", "the codes that pages, API and terminal answer with"),
    (EntryKind.SOURCE, "Source", "Milepost\u2019s source", "its modules, classes and functions"),
)
FOUND_KINDS = {
    kind: FoundKind(kind.value, one, many, meaning) for kind, one, many, meaning in _WORDS
}
