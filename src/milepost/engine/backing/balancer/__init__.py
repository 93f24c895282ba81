"""The `balancer` component: nginx before several replicas of the learner's service.

`host`, `sandbox` and `program` are the engine's side, `fixture` and `client` the check's. A
balancer that ends by itself is never the learner's fault.
"""

from milepost.engine.backing.contract import Component

MOST_REPLICAS = 5  # each is a guest of its own
COMPONENT = Component(
    name="balancer",
    fixtures=("balancer",),
    plugin="milepost.engine.backing.balancer.fixture",
    host="milepost.engine.backing.balancer.host:BalancerHost",
    program="milepost.engine.backing.balancer.program:find_nginx",
    replicas=MOST_REPLICAS,
)
