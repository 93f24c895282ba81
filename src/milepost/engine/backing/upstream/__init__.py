"""The `upstream` component: an HTTP service that learner code calls, scripted by the check.

It lives in the check process, so the engine has no side of it.
"""

from milepost.engine.backing.contract import Component

COMPONENT = Component(
    name="upstream",
    fixtures=("upstream",),
    plugin="milepost.engine.backing.upstream.fixture",
    address="UPSTREAM_URL",
)
