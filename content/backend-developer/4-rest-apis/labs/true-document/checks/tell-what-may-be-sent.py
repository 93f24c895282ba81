"""Checks of what the document says may be sent: by bodies of our own, and at its own borders."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import AS_BEFORE, KINDS, add, make_up, make_up_loan, open_document


def send(service, document, place, trial, status):
    """Send what was judged by the document, see that the service is as it was, and that the two agree."""
    answer = service.post(place, json=trial.value)
    require_status(answer, status, AS_BEFORE)
    document.require_agreement(trial, answer)


@check(task="tell-what-may-be-sent", objectives=["rest-apis.openapi-documentation"])
def test_right_bodies_are_allowed(service, random):
    """The document allows what the service takes"""
    document = open_document(service)
    without = {name: value for name, value in make_up(random).items() if name != "year"}

    for name, tool in cases(
        {
            "a tool": make_up(random),
            "a tool without `year`": without,
            "a tool whose `year` is null": make_up(random, year=None),
            "the shortest and oldest": make_up(random, name="x", deposit="0.00", year=1950),
            "the longest and newest": make_up(random, name="ü" * 60, deposit="999.99", year=2030),
            **{f"a tool of the kind {kind}": make_up(random, kind=kind) for kind in KINDS},
        }
    ):
        send(service, document, "/tools", document.judge_body("POST /tools", tool, name), 201)
    for days in (1, random.randint(2, 27), 28):
        place, _ = add(service, make_up(random))
        loan = make_up_loan(random, days=days)
        trial = document.judge_body("POST /tools/{number}/loan", loan, f"a loan of {days} days")
        send(service, document, f"{place}/loan", trial, 201)


@check(task="tell-what-may-be-sent", objectives=["rest-apis.openapi-documentation"])
def test_wrong_bodies_are_forbidden(service, random):
    """The document forbids what the service refuses"""
    document = open_document(service)
    place, _ = add(service, make_up(random))

    for name, tool in cases(
        {
            "a tool without `name`": {"kind": "hand", "deposit": "5.00"},
            "a tool without `deposit`": {"name": "Saw", "kind": "hand"},
            "a `name` that is empty": make_up(random, name=""),
            "a `name` of 61 letters": make_up(random, name="x" * 61),
            "a `kind` that there is not": make_up(random, kind="water"),
            "a `deposit` that is a number": make_up(random, deposit=random.randint(1, 99)),
            "a `deposit` with one digit after the point": make_up(random, deposit="12.5"),
            "a `year` before 1950": make_up(random, year=random.randint(1800, 1949)),
            "a `year` after 2030": make_up(random, year=random.randint(2031, 2200)),
            "a `year` that is a text": make_up(random, year="1999"),
        }
    ):
        send(service, document, "/tools", document.judge_body("POST /tools", tool, name), 422)
    for name, loan in cases(
        {
            "a loan without `days`": {"borrower": "Bo"},
            "a loan of no days": make_up_loan(random, days=0),
            "a loan of 29 days": make_up_loan(random, days=29),
            "a `borrower` that is empty": make_up_loan(random, borrower=""),
        }
    ):
        trial = document.judge_body("POST /tools/{number}/loan", loan, name)
        send(service, document, f"{place}/loan", trial, 422)


@check(task="tell-what-may-be-sent", objectives=["rest-apis.openapi-documentation"])
def test_the_documents_own_borders_hold(service, random):
    """What lies at the borders that the document draws is taken or refused as it says"""
    document = open_document(service)
    for trial in document.list_body_trials("POST /tools", make_up(random), random):
        document.require_agreement(trial, service.post("/tools", json=trial.value))
    for trial in document.list_body_trials("POST /tools/{number}/loan", make_up_loan(random), random):
        place, _ = add(service, make_up(random))
        document.require_agreement(trial, service.post(f"{place}/loan", json=trial.value))


@check(task="tell-what-may-be-sent", objectives=["rest-apis.openapi-documentation"])
def test_the_query_is_told(service, random):
    """The query of the list is told: its parameters, what they may be, and that none is needed"""
    document = open_document(service)
    parameters = {each.name: each for each in document.list_query_parameters("GET /tools")}
    require_equal(
        set(parameters),
        {"kind", "limit"},
        "Your document names other parameters for the query of `GET /tools` than the service knows. What is not named nobody uses, and "
        "what is named and ignored gives wrong answers",
    )
    for name, each in parameters.items():
        assert not each.is_required, (
            f"Your document says that `{name}` is required, and the service answers without it. A generated client would not let anybody leave "
            "it out"
        )
    for name, right, wrong in (("kind", "power", "water"), ("limit", 50, 51), ("limit", 1, 0)):
        schema = parameters[name].schema
        assert schema.allows(right) and not schema.allows(wrong), (
            f"Your document's schema of `{name}` does not allow `{right}` and forbid `{wrong}`, as the service does. Write its limits down"
        )
    for trial in document.list_query_trials("GET /tools", {"kind": "hand", "limit": "5"}, random):
        document.require_agreement(trial, service.get("/tools", params=trial.value))
