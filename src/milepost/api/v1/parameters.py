"""Parameters that several endpoints take, each with its bounds.

PostgreSQL's text has no NUL, so no name may hold a control character: it is refused here rather
than by the database.
"""

from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import StringConstraints

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
]

PathSlug = Annotated[
    Name,
    Path(
        description="The path's slug.", openapi_examples={"shipped": {"value": "backend-developer"}}
    ),
]
SkillSlug = Annotated[
    Name, Path(description="The skill's slug.", openapi_examples={"shipped": {"value": "language"}})
]
LabSlug = Annotated[
    Name,
    Path(description="The lab's slug.", openapi_examples={"shipped": {"value": "traffic-report"}}),
]
StackSlug = Annotated[
    Name,
    Path(
        description="The stack, as the lab names it.",
        openapi_examples={"shipped": {"value": "python"}},
    ),
]
LabFilter = Annotated[
    Name | None,
    Query(
        description="Only those of the lab with this slug.",
        openapi_examples={"shipped": {"value": "traffic-report"}},
    ),
]
PathFilter = Annotated[
    Name | None,
    Query(
        description="Only those of the path with this slug.",
        openapi_examples={"shipped": {"value": "backend-developer"}},
    ),
]
LabKind = Annotated[
    Literal["lab", "drill"],
    Query(description="Labs, which prove objectives, or drills, which practise one."),
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many to return at most.")]
Cursor = Annotated[
    str | None, Query(max_length=100, description="`next_cursor` of the page before.")
]
