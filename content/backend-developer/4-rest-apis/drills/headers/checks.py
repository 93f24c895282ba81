"""Checks of the menu's versions. Menus are drawn from the seed of the run; versions are those that the service gave."""

import re

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status

DISHES = ["Lentil soup", "Pea risotto", "Fish pie", "Bean stew", "Mushroom pasta", "Potato bake"]


def draw_menu(random):
    """Draw a menu."""
    return {"dish": f"{random.choice(DISHES)} {random.randint(2, 99)}", "cents": random.randint(300, 900)}


def read_version(answer):
    """Return the version that an answer names, after a look at its form."""
    found = answer.headers.get("etag", "")
    assert found, f"Your answer to `{answer.title}` has no `ETag`. With it a client can say later which menu it has seen"
    assert re.fullmatch(r'"[!#-~]{1,100}"', found), (
        f"`ETag` is {found!r}, and should be a short text in quotes. The quotes belong to it, and `W/` would say that it is only roughly this menu"
    )
    return found


def show(service):
    """Get the menu; return it, and its version."""
    answer = service.get("/menu")
    require_status(answer, 200, "The menu is there, and the client has none yet")
    return answer.json(), read_version(answer)


def replace(service, menu, seen):
    """Replace the menu by somebody who has seen this version; return the new one."""
    answer = service.put("/menu", json=menu, headers={"If-Match": seen})
    require_status(answer, 200, "The version in `If-Match` is the current one, so nobody has changed the menu since")
    assert answer.json() == menu, "Your answer to the `PUT` does not show the menu that stands there now"
    return read_version(answer)


def require_unchanged(service, menu, version):
    """See that the menu is still the one that it was."""
    assert show(service) == (menu, version), "The `PUT` was refused, and the menu or its version has changed all the same. Compare first, then write"


@check(task="a-version-for-the-menu", objectives=["rest-apis.headers"])
def test_each_menu_has_a_version(service, random):
    """Each menu has a version of its own, and the answer to a PUT names the new one"""
    first, version = show(service)
    assert show(service) == (first, version), "The menu was read twice and nobody has changed it, but menu or version are others now"
    versions = [version]
    for menu in (draw_menu(random), first, draw_menu(random)):
        versions.append(replace(service, menu, versions[-1]))
        assert show(service) == (menu, versions[-1]), (
            "The `ETag` in the answer to a `PUT` is not the one that `GET` gives afterwards. It names the *new* version, so that the cook can go on"
        )
    assert len(set(versions)) == len(versions), (
        "Two versions have the same `ETag`. Also when an earlier menu comes back it is a new version: somebody may have seen what was in between"
    )


@check(task="a-version-for-the-menu", objectives=["rest-apis.headers"])
def test_who_has_it_is_not_sent_it_again(service, random):
    """Who has the current menu gets 304 and no body"""
    _, old = show(service)
    menu = draw_menu(random)
    current = replace(service, menu, old)
    answer = service.get("/menu", headers={"If-None-Match": current})
    require_status(answer, 304, "The phone has this version already, and said so in `If-None-Match`")
    assert answer.content == b"", "A 304 has no body: that it needs none is its whole point"
    assert read_version(answer) == current, "The `ETag` of a 304 is the version that the phone has, and that is still right"
    for seen in (old, '"never-there"'):
        answer = service.get("/menu", headers={"If-None-Match": seen})
        require_status(answer, 200, f"The phone has {seen}, which is not the current version, so it needs the menu")
        assert answer.json() == menu, "The answer should show the menu as it is now"


@check(task="a-version-for-the-menu", objectives=["rest-apis.headers"])
def test_the_second_cook_is_stopped(service, random):
    """Who has seen an older menu can't replace the current one"""
    _, seen_by_both = show(service)
    menu = draw_menu(random)
    current = replace(service, menu, seen_by_both)
    for seen in (seen_by_both, '"never-there"'):
        answer = service.put("/menu", json=draw_menu(random), headers={"If-Match": seen})
        require_status(answer, 412, "This cook has not seen what stands there now, and would wipe it out")
        require_unchanged(service, menu, current)
    replace(service, draw_menu(random), current)


@check(task="a-version-for-the-menu", objectives=["rest-apis.headers"])
def test_who_has_seen_nothing_is_asked(service, random):
    """Who does not say what they have seen is asked to"""
    menu, version = show(service)
    answer = service.put("/menu", json=draw_menu(random))
    require_status(answer, 428, "Without `If-Match` nobody knows what this cook has seen")
    require_unchanged(service, menu, version)
    replace(service, draw_menu(random), version)
