"""What checks of several stages use: made-up things of many shapes, and how the store is looked at.

Each check meets a service that was just started and an empty store. All ask for `mongo`, since a service needs it
to start.
"""

from milepost.engine.checks.answers import read_object, require_status, require_type
from milepost.engine.checks.comparing import require_equal

KINDS = ["lamp", "ladder", "bird", "clock", "key", "trunk", "mirror", "bell"]
TAGS = ["brown", "bent", "loud", "heavy", "oneeyed", "painted", "rusty", "rare"]
MAKERS = ["Zoë & Sons", "Nils Ø.", "Workshop 9", "unknown hand"]
SPECIES = ["Strix aluco", "Bubo bubo", "Tyto alba"]
COLOURS = ["red", "green", "ivory", "teal"]
FIELDS = ("sku", "kind", "price", "tags", "maker", "details")
THINGS = "things"
THERE = "This thing is in the catalogue"


# Made up


def make_up_skus(random, count):
    """Make up so many different numbers of things."""
    numbers = random.sample(range(10, 99999), count)
    return [f"{random.choice('ABCDEFGH')}{number}" for number in numbers]


def make_up_thing(random, sku, **fields):
    """Make up a thing; its details are flat, unless a check says otherwise."""
    thing = {
        "sku": sku,
        "kind": random.choice(KINDS),
        "price": random.randint(1, 99999),
        "tags": random.sample(TAGS, random.randint(1, 3)),
        "maker": {"id": f"m{random.randint(1, 99)}", "name": random.choice(MAKERS)},
        "details": {"watts": random.randint(5, 200), "note": f"from attic {random.randint(1, 99)}"},
    }
    return thing | fields


def make_up_details(random):
    """Make up details of several shapes, each deeper than the one before."""
    shade = {"colour": random.choice(COLOURS), "torn": random.random() < 0.5}
    marks = [{"side": "left", "of": random.choice(["glass", "brass"])}, None, 1.5]
    return [{"watts": random.randint(5, 200)}, {"shade": shade}, {"marks": marks, "lid": {"shade": [shade]}}]


def make_up_things(random, count, **fields):
    """Make up so many things."""
    return [make_up_thing(random, sku, **fields) for sku in make_up_skus(random, count)]


def stored(thing):
    """Write a thing as the old program stored it, without an _id of ours."""
    return {"_id": f"old {thing['sku']}", **thing}


# Asked and answered


def add(service, thing):
    """Add a thing, and see that it is answered as it was sent."""
    answer = service.post("/things", json=thing)
    require_status(answer, 201, "A thing was added, and nothing is wrong with it")
    require_type(answer)
    require_equal(
        read_object(answer),
        thing,
        "Your answer is not the thing that was sent. Whoever added it looks whether all of it arrived, and nothing of the store's",
    )


def read_thing(answer, why=THERE):
    """Read the one thing of an answer."""
    require_status(answer, 200, why)
    require_type(answer)
    return read_object(answer)


def search(service, **params):
    """Search, and read the things that were found."""
    answer = service.get("/things", params=params)
    require_status(answer, 200, "Whoever searches is told what was found, also if it is nothing")
    require_type(answer)
    return read_object(answer, things="a list")["things"]


def list_stored(mongo):
    """List the documents of the collection by sku, without their `_id`s."""
    found = mongo.find(THINGS)
    documents = [
        {name: value for name, value in each.items() if name != "_id"} for each in found if isinstance(each, dict)
    ]
    return sorted(documents, key=lambda each: str(each.get("sku")))


def count_handed_out(mongo):
    """Count the documents that the store has handed to learner code so far."""
    total = 0
    for ran in mongo.commands("find", "getMore", "aggregate"):
        cursor = ran.reply.get("cursor") if isinstance(ran.reply, dict) else None
        for batch in ("firstBatch", "nextBatch"):
            documents = cursor.get(batch) if isinstance(cursor, dict) else None
            total += len(documents) if isinstance(documents, list) else 0
    return total


def by_sku(things):
    """Sort things by sku, where their order is not what a check is about."""
    return sorted(things, key=lambda each: str(each.get("sku")) if isinstance(each, dict) else "")


# At once


def start_copies(balancer, random):
    """Start two copies of the service, each in a sandbox of its own; return them in any order."""
    balancer.start(replicas=2)
    return random.sample(balancer.replicas, 2)


def ask_at_once(mongo, copies, method, path, bodies):
    """Send a request to each copy, and let none write before all want to; return the answers."""
    with mongo.held_writes() as writes:
        sent = [copy.send(method, path, json=body) for copy, body in zip(copies, bodies, strict=True)]
        writes.wait_for(len(sent))
    return [each.answer() for each in sent]
