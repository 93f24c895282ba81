"""The `redis` component: a Redis of its own for each check that asks.

`host`, `sandbox` and `program` are the engine's side, `fixture` and the rest the check's. A server
that dies without the check having asked is never the learner's fault.
"""

from milepost.engine.backing.contract import Component
from milepost.engine.limits import MEBIBYTE, Limit, Unit

BYTES = Limit(
    "redis_bytes",
    default=32 * MEBIBYTE,
    ceiling=256 * MEBIBYTE,
    unit=Unit.MEBIBYTES,
    label="memory of Redis",
    sentence="It made Redis, which has {amount} for data, hold far more, and Redis was stopped.",
)
CONNECTIONS = Limit(
    "redis_connections",  # of learner code at once
    default=32,
    ceiling=50,
    unit=Unit.COUNT,
    label="connections to Redis",
    sentence="It opened more than {amount} connections to Redis at once.",
)
COMPONENT = Component(
    name="redis",
    fixtures=("redis",),
    plugin="milepost.engine.backing.redis.fixture",
    host="milepost.engine.backing.redis.host:RedisHost",
    program="milepost.engine.backing.redis.program:find_redis",
    limits=(BYTES, CONNECTIONS),
    address="REDIS_URL",
    server="Redis",
)
