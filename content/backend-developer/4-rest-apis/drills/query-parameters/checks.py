"""Checks of the catalogue's query. Families, months and misspelt names are drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases

FAMILIES = ["Herbs", "Roots", "Cabbages & Kale", "Salads"]


def list_seeds(service, why, **params):
    """List the seeds that fit; return them."""
    answer = service.get("/seeds", params=params)
    require_status(answer, 200, why)
    document = answer.json()
    found = document.get("seeds") if isinstance(document, dict) else None
    assert isinstance(found, list), "Your answer should be an object with the list `seeds`, as the starter has it"
    return found


def list_all(service):
    """List the whole catalogue, as the service shows it without a query."""
    found = list_seeds(service, "A query that is not there asks for everything")
    is_whole = len(found) == 15 and all(isinstance(each, dict) and each.keys() == {"name", "family", "from", "to", "days"} for each in found)
    is_whole = is_whole and all(type(each["from"]) is type(each["to"]) is type(each["days"]) is int for each in found)
    is_whole = is_whole and all(type(each["name"]) is type(each["family"]) is str for each in found)
    assert is_whole, "Without a query `/seeds` shows all fifteen seeds, each as it stands in the catalogue. That works in the starter"
    return found


def require_refused(service, name, query, what):
    """See that a query is refused, with the name of the parameter."""
    answer = service.get(f"/seeds?{query}")
    require_status(answer, 400, f"{what}. Whoever asks for this made a slip, and gets the answer to another question")
    assert name in answer.text, f"Your refusal does not name `{name}`. With the name one sees at once where the slip is"


@check(task="choose-seeds", objectives=["rest-apis.query-parameters"])
def test_the_whole_catalogue_without_a_query(service, random):
    """Without a query the whole catalogue comes, by name, also after others have asked"""
    before = list_all(service)
    list_seeds(service, "`days` is one of the two orders", sort="days")
    list_seeds(service, "A family is any text", family=random.choice(FAMILIES))
    assert list_all(service) == before == sorted(before, key=lambda each: each["name"]), (
        "The whole catalogue comes in the order of the names, also after somebody else has asked for another. Sort and filter a copy, not the catalogue"
    )


@check(task="choose-seeds", objectives=["rest-apis.query-parameters"])
def test_filters_narrow_the_list(service, random):
    """Filters narrow the list, together too"""
    seeds, month = list_all(service), random.randint(3, 6)
    for family in (random.choice(["Herbs", "Roots", "Salads"]), "Cabbages & Kale"):
        of_family = [each for each in seeds if each["family"] == family]
        found = list_seeds(service, "A family is any text, an `&` in it too", family=family)
        assert found == of_family, f"`family` was {family!r}, and the list is not of its seeds. Let a library take the query apart: it knows how signs are written there"
        both = [each for each in of_family if each["from"] <= month <= each["to"]]
        found = list_seeds(service, "Two filters may come together", family=family, month=month)
        assert found == both, "With two filters the list should hold what fits both. Each of them narrows what the other has left"
    assert list_seeds(service, "That nothing fits is an answer", family=f"Family {month}") == [], (
        "The shop has no such family, and your list is not empty"
    )


@check(task="choose-seeds", objectives=["rest-apis.query-parameters"])
def test_a_month_is_a_number(service, random):
    """A month is a number from 1 to 12, and compared as one"""
    seeds = list_all(service)
    for month in (1, 3, 8, 9, random.randint(10, 12)):
        expected = [each for each in seeds if each["from"] <= month <= each["to"]]
        assert list_seeds(service, f"{month} is a month", month=month) == expected, (
            f"`month` was {month}, and the list is not of the seeds that are sown then. What stands in a query is text: make a number of it before you compare; first and last month are included"
        )
    for wrong in ("0", "13", str(random.randint(14, 99)), "-4", "April", "4.5", "", "4x"):
        require_refused(service, "month", f"month={wrong}", f"`month` was {wrong!r}, which is no number from 1 to 12")


@check(task="choose-seeds", objectives=["rest-apis.query-parameters"])
def test_the_order_can_be_chosen(service, random):
    """The order is by name or by days, and no other"""
    seeds = list_all(service)
    for sort, key in {"days": lambda each: (each["days"], each["name"]), "name": lambda each: each["name"]}.items():
        assert list_seeds(service, f"`{sort}` is one of the two orders", sort=sort) == sorted(seeds, key=key), (
            f"`sort` was `{sort}`, and the list is in another order. Days are compared as numbers; where they are equal, names decide"
        )
    for wrong in (random.choice(["price", "family", "-days", "Name"]), ""):
        require_refused(service, "sort", f"sort={wrong}", f"`sort` was {wrong!r}, which is none of the two orders")


@check(task="choose-seeds", objectives=["rest-apis.query-parameters"])
def test_what_nobody_knows_is_refused(service, random):
    """A parameter that nobody knows is refused, and one that comes twice"""
    list_all(service)
    slip = random.choice(["familiy", "famly", "Family", "fammily"])
    table = {
        "a misspelt name": (slip, f"{slip}=Herbs"),
        "an unknown one beside a known one": ("limit", "family=Herbs&limit=5"),
        "an unknown one without a value": ("cheap", "cheap"),
        "a family that comes twice": ("family", "family=Herbs&family=Roots"),
        "a month that comes twice": ("month", "month=4&month=4"),
    }
    for what, (name, query) in cases(table):
        require_refused(service, name, query, f"The query was `{query}`: {what}")
