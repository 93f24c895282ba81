"""Links to pages that the API and the pages both hand out.

Invariant: they are paths on this server, so that they work behind any name it is reached by.
"""

from milepost.labs.sections import PREFIX
from milepost.submissions.types import LessonLink


def address_of_section(link: LessonLink) -> str:
    """Return where a lesson's section is shown."""
    lesson = f"/paths/{link.path}/skills/{link.skill}/lessons/{link.objective}"
    return f"{lesson}#{PREFIX}{link.section}"
