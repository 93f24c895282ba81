"""A machine that has what a test says it has, for workers whose grader is a fake as well."""

from milepost.core.fleet import ISOLATED, service_need, stack_need
from milepost.labs.manifest import SERVICES
from milepost.worker.abilities import Abilities

ABLE = Abilities(
    words=(
        *(stack_need(name) for name in ("python", "node", "fastapi", "express", "django", "sql")),
        ISOLATED,
        *(service_need(name) for name in SERVICES),
    ),
    isolation="isolated, watched limits",
    stacks={"python": "Python 3.11.7"},
)
UNABLE = Abilities(problem="Code can't be isolated here: user namespaces are blocked.")
