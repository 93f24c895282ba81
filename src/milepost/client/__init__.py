"""The typed client of the API: what a server answers, as frozen models, and problems as errors.

It knows the API's JSON and nothing of how the server makes it, so it serves any Milepost.
"""

from milepost.client.errors import (
    ApiProblem,
    EnvironmentNotUsable,
    NotMilepost,
    ServerUnreachable,
)
from milepost.client.models import (
    Check,
    Course,
    DeviceAuthorization,
    Doubt,
    Draft,
    Evidence,
    Grading,
    GradingEvent,
    Health,
    Interruption,
    Lab,
    LabSummary,
    Me,
    PathProgress,
    PathSummary,
    Progress,
    QueuePlace,
    SkillProgress,
    Submission,
    Track,
    to_line,
)
from milepost.client.server import Client

__all__ = [
    "ApiProblem",
    "Check",
    "Client",
    "Course",
    "DeviceAuthorization",
    "Doubt",
    "Draft",
    "EnvironmentNotUsable",
    "Evidence",
    "Grading",
    "GradingEvent",
    "Health",
    "Interruption",
    "Lab",
    "LabSummary",
    "Me",
    "NotMilepost",
    "PathProgress",
    "PathSummary",
    "Progress",
    "QueuePlace",
    "ServerUnreachable",
    "SkillProgress",
    "Submission",
    "Track",
    "to_line",
]
