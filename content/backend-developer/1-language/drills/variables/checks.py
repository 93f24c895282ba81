"""Checks of the settings. Names, images and values are drawn from the seed of the run."""

import copy

from milepost.engine.checks import check

NAMES = ["web", "mail", "search", "billing", "login", "images", "reports"]


def draw_base(random):
    """Draw the base settings of a team."""
    return {
        "image": f"shop:{random.randint(1, 9)}.{random.randint(0, 30)}",
        "env": {"DEBUG": random.choice(["yes", "no"]), "WORKERS": str(random.randint(2, 16))},
        "volumes": [f"/logs/{random.randint(10, 99)}", "/certificates"],
    }


def expect(base, name):
    """Say what the settings of a service are."""
    own = copy.deepcopy(base)
    own["name"] = own["env"]["SERVICE"] = name
    own["volumes"].append(f"/data/{name}")
    return own


@check(task="one-base-many-services", objectives=["language.variables"])
def test_settings_of_one_service(solution, random):
    """One service has the settings of the base, and its own"""
    base, name = draw_base(random), random.choice(NAMES)

    assert solution.call("settings_for", base, [name]) == [expect(base, name)], (
        "A service keeps everything that the base says, and adds its name, one line in `env` and one volume"
    )


@check(task="one-base-many-services", objectives=["language.variables"])
def test_settings_of_several_services(solution, random):
    """Several services have settings of their own"""
    base, names = draw_base(random), random.sample(NAMES, random.randint(3, 5))

    assert solution.call("settings_for", base, names) == [expect(base, name) for name in names], (
        "A service has something that belongs to another. Ask of each record and each list in what you return: was it made for this service, "
        "or is it one value that several names share?"
    )


@check(task="one-base-many-services", objectives=["language.variables"])
def test_the_base_gets_no_new_field(solution, random):
    """The base gets no name: it has the fields that it had"""
    base = draw_base(random)

    seen = solution.observe("settings_for", base, [random.choice(NAMES)])
    after = seen.arguments[0] if isinstance(seen.arguments[0], dict) else {}

    assert sorted(map(str, after)) == sorted(base), (
        "After the call, the base itself has other fields. `settings = base` makes no second record: it is one more name for the base"
    )


@check(task="one-base-many-services", objectives=["language.variables"])
def test_the_base_keeps_what_lies_in_it(solution, random):
    """What lies in the base, `env` and `volumes`, stays as it was"""
    base = draw_base(random)

    seen = solution.observe("settings_for", base, [random.choice(NAMES)])
    after = seen.arguments[0] if isinstance(seen.arguments[0], dict) else {}

    assert [after.get("env"), after.get("volumes")] == [base["env"], base["volumes"]], (
        "After the call, something in the base has changed, and the next one who uses it starts with a service's settings. "
        "`env` and `volumes` are values inside the base: a copy of the base alone still shares them"
    )
