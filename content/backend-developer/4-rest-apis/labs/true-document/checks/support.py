"""What checks of several tasks use: made-up tools, and a tour that meets every answer of the service.

Each check meets a service that was just started, so the shed is empty. The document is read before
anything else is asked.
"""

from milepost.engine.checks.answers import read_object, require_status
from milepost.engine.checks.openapi import read_document

THINGS = ["Hammer", "Saw", "Drill", "Rake", "Plane", "Shears", "Sander", "Ladder"]
NAMES = ["Ada Okafor", "Bo Lindqvist", "Chidi Moreau", "Dunja Novak", "Emre Hale", "Freya Castro"]
KINDS = ["hand", "power", "garden"]
OPERATIONS = [
    "GET /tools",
    "POST /tools",
    "GET /tools/{number}",
    "DELETE /tools/{number}",
    "POST /tools/{number}/loan",
]
AS_BEFORE = "The service is to go on as it was; what you mend is its document"


def open_document(service):
    """Read the document that the service has of itself."""
    return read_document(service.get("/openapi.json"))


def make_up(random, **fields):
    """Make up what a client sends for a tool."""
    tool = {
        "name": f"{random.choice(THINGS)} {random.randint(1, 999)}",
        "kind": random.choice(KINDS),
        "deposit": f"{random.randint(1, 999)}.{random.randint(10, 99)}",
        "year": random.randint(1950, 2020),
    }
    return tool | fields


def make_up_loan(random, **fields):
    """Make up what a client sends for a loan."""
    return {"borrower": random.choice(NAMES), "days": random.randint(1, 28)} | fields


def ask(service, status, method, path, **more):
    """Ask the service, which answers with this status as it always did; return the answer."""
    answer = service.request(method, path, **more)
    require_status(answer, status, AS_BEFORE)
    return answer


def add(service, tool):
    """Add a tool; return its address, and the answer."""
    answer = ask(service, 201, "POST", "/tools", json=tool)
    return f"/tools/{read_object(answer, id='a whole number')['id']}", answer


def tour_good_answers(service, random):
    """Meet every good answer that the service has."""
    answers = [ask(service, 200, "GET", "/tools")]
    lent, one = add(service, make_up(random))
    without_year, other = add(service, make_up(random, year=None))
    answers += [one, other, ask(service, 201, "POST", f"{lent}/loan", json=make_up_loan(random))]
    answers += [ask(service, 200, "GET", place) for place in (lent, without_year)]
    answers += [ask(service, 200, "GET", "/tools"), ask(service, 204, "DELETE", without_year)]
    return answers


def tour_refusals(service, random):
    """Meet every refusal that the service has."""
    place, _ = add(service, make_up(random))
    ask(service, 201, "POST", f"{place}/loan", json=make_up_loan(random))
    nowhere = f"/tools/{random.randint(1000, 9999)}"
    loan = {"json": make_up_loan(random)}
    return [
        ask(service, 422, "GET", "/tools", params={"kind": "none"}),
        ask(service, 422, "POST", "/tools", json=make_up(random, kind=7)),
        ask(service, 404, "GET", nowhere),
        ask(service, 422, "GET", "/tools/none"),
        ask(service, 404, "DELETE", nowhere),
        ask(service, 409, "DELETE", place),
        ask(service, 422, "DELETE", "/tools/none"),
        ask(service, 404, "POST", f"{nowhere}/loan", **loan),
        ask(service, 409, "POST", f"{place}/loan", **loan),
        ask(service, 422, "POST", f"{place}/loan", json=make_up_loan(random, days="some")),
    ]
