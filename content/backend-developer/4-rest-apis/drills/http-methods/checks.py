"""Checks of the jukebox. Slots, records and keys are drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_status

TITLES = ["Waves", "Old Harbour", "Blue Hour", "Seven Bridges", "Tin Roof", "Snow in May"]
ARTISTS = ["Ada", "The Bo Trio", "Chidi", "Dunja", "Emre and Friends"]


def draw_slot(random):
    """Draw a slot of the jukebox."""
    return f"{random.choice('ABCDEFGH')}{random.randint(1, 9)}"


def draw_record(random):
    """Draw a record with all its fields."""
    return {"title": random.choice(TITLES), "artist": random.choice(ARTISTS), "year": random.randint(1950, 1999)}


def put(service, slot, record, status, why):
    """Put a record into a slot; return what the answer shows."""
    answer = service.put(f"/slots/{slot}", json=record)
    require_status(answer, status, why)
    return read_object(answer)


def require_record(service, slot, record, why):
    """See which record is in a slot."""
    answer = service.get(f"/slots/{slot}")
    require_status(answer, 200, f"There should be a record in slot {slot}")
    assert answer.json() == record, why


@check(task="each-method-its-promise", objectives=["rest-apis.http-methods"])
def test_put_replaces_the_whole(service, random):
    """PUT replaces the whole record, and twice is as good as once"""
    slot, first = draw_slot(random), draw_record(random)
    second = {"title": f"{random.choice(TITLES)} {random.randint(2, 9)}"}
    whole = {"artist": None, "year": None} | second
    assert put(service, slot, first, 201, "The slot was empty, so something new stands there now") == first, (
        "The answer to a `PUT` shows what stands there now, with all of its fields"
    )
    for _ in range(2):
        shown = put(service, slot, second, 200, "There was a record before, so nothing new was made, and a repeated `PUT` is none either")
        assert shown == whole, (
            "Another record was put into the slot, with a title and nothing else. Your answer should show that one, with null for what was left out: what"
            " a `PUT` does not hold is not there afterwards"
        )
    require_record(service, slot, whole, "Of the record that was in the slot before, something is left. A `PUT` replaces all of it; to keep some is what `PATCH` is for")


@check(task="each-method-its-promise", objectives=["rest-apis.http-methods"])
def test_patch_amends_what_it_names(service, random):
    """PATCH changes the fields that it names, and no others"""
    slot, record = draw_slot(random), draw_record(random)
    answer = service.patch(f"/slots/{slot}", json={"year": 1960})
    require_status(answer, 404, "The slot is empty, so there is nothing to amend")
    put(service, slot, record, 201, "The slot was empty, so something new stands there now")
    for changes in ({"year": record["year"] + 1}, {"artist": None}):
        record |= changes
        answer = service.patch(f"/slots/{slot}", json=changes)
        require_status(answer, 200, "The record was amended, and the answer shows it")
        assert answer.json() == record, (
            "Your answer does not show the record as it should be now: what the `PATCH` names has the new value, null too, and all else is as it was"
        )
    require_record(service, slot, record, "What was amended should be in the slot afterwards, too")


@check(task="each-method-its-promise", objectives=["rest-apis.http-methods"])
def test_delete_empties_the_slot(service, random):
    """DELETE empties one slot"""
    slot, other, record = draw_slot(random), "K1", draw_record(random)
    for each in (slot, other):
        put(service, each, record, 201, "The slot was empty, so something new stands there now")
    require_status(service.delete(f"/slots/{slot}"), 204, "It is done, and there is nothing to read")
    for answer in (service.get(f"/slots/{slot}"), service.delete(f"/slots/{slot}")):
        require_status(answer, 404, "The slot was emptied before")
    require_record(service, other, record, f"Only slot {slot} was to be emptied, and {other} has changed as well")


@check(task="each-method-its-promise", objectives=["rest-apis.http-methods"])
def test_a_repeated_play_costs_one_coin(service, random):
    """A request that is repeated with its key plays once"""
    keys, slots = random.sample(range(10**6, 10**7), 2), [draw_slot(random) for _ in range(2)]
    first = play(service, slots[0], keys[0])
    other = play(service, slots[1], keys[1])
    again = play(service, slots[0], keys[0])
    assert again == first, (
        "The answer to the first request was lost, and the client asked again with the same key. It should get the first answer again, also when others"
        " have played something meanwhile"
    )
    require_plays(service, [first, other], "Three requests came with two keys, so two records were played, and the guest paid for no other")


@check(task="each-method-its-promise", objectives=["rest-apis.http-methods"])
def test_without_a_key_each_request_plays(service, random):
    """Without a key, each request is a play"""
    slot = draw_slot(random)
    plays = [play(service, slot), play(service, slot, random.randint(10**6, 10**7)), play(service, slot)]
    require_plays(service, plays, "Somebody paid three times for the same song, twice without a key. A `POST` without a key promises nothing, so each is a new play")


def play(service, slot, key=None):
    """Play what is in a slot; return what the answer shows."""
    headers = {} if key is None else {"Idempotency-Key": f"key-{key}"}
    answer = service.post("/plays", json={"slot": slot}, headers=headers)
    require_status(answer, 201, "The record was played, or had been played under this key: the answer is the same")
    shown = read_object(answer, "number", slot="a text")
    assert shown["slot"] == slot, "Your answer shows a play of another slot than was asked for"
    return shown


def require_plays(service, expected, why):
    """See what was played so far."""
    answer = service.get("/plays")
    require_status(answer, 200, "This works in the starter")
    assert answer.json() == {"plays": expected}, why
