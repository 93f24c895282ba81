"""The `mongo` component: a document store, which is MongoDB or speaks as it does.

`host`, `sandbox`, `program` and `install` are the engine's side, `server` runs in the sandbox, the
rest is the check's. A server that ends by itself is never the learner's fault.
"""

from milepost.engine.backing.contract import Component
from milepost.engine.limits import MEBIBYTE, Limit, Unit

BYTES = Limit(
    "mongo_bytes",
    default=64 * MEBIBYTE,
    ceiling=512 * MEBIBYTE,
    unit=Unit.MEBIBYTES,
    label="memory of the document store",
    sentence="It made the document store, which has {amount} for data, hold more, and it was"
    " stopped.",
)
CONNECTIONS = Limit(
    "mongo_connections",  # of learner code at once
    default=64,
    ceiling=200,
    unit=Unit.COUNT,
    label="connections to the document store",
    sentence="It opened more than {amount} connections to the document store at once.",
)
COMPONENT = Component(
    name="mongo",
    fixtures=("mongo",),
    plugin="milepost.engine.backing.mongo.fixture",
    host="milepost.engine.backing.mongo.host:MongoHost",
    program="milepost.engine.backing.mongo.program:find_mongo",
    install="milepost.engine.backing.mongo.install:install_mongo",
    limits=(BYTES, CONNECTIONS),
    address="MONGO_URL",
    server="the document store",
)
