"""A machine that has what a test says it has, for workers whose grader is a fake as well."""

from milepost.core.fleet import ISOLATED, service_need, stack_need
from milepost.engine.backing.registry import list_components
from milepost.worker.abilities import Abilities

ABLE = Abilities(
    words=(
        *(stack_need(name) for name in ("python", "node", "fastapi", "express", "django", "sql")),
        ISOLATED,
        *(service_need(each.name) for each in list_components()),
    ),
    isolation="isolated, watched limits",
    stacks={"python": "Python 3.11.7"},
)
UNABLE = Abilities(problem="Code can't be isolated here: user namespaces are blocked.")
