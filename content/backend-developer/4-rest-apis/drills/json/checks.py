"""Checks of what a post office sends and takes. Parcels are drawn from the seed of the run, and given to the service in its environment."""

import json
from datetime import UTC, datetime, timedelta, timezone

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases


class Office:
    """A post office with parcels that were drawn: how its records hold them, and how each should be sent."""

    def __init__(self, service, random):
        self.service = service
        self.sent = [self._draw(random, n) for n in range(4)]
        service.environment["PARCELS"] = json.dumps([record for record, _ in self.sent])

    def _draw(self, random, number):
        # Ids above 2**53, odd ones: a number of JavaScript can't hold them.
        key = 2**53 + 2 * random.randint(1, 10**6) + 1
        # Below ten cents, without cents, tens of euros, and anything.
        cents = [random.randint(1, 9), 10 * random.randint(1, 9), 100 * random.randint(10, 90), random.randint(1000, 9999)][number]
        zone = timezone(timedelta(hours=random.choice([-5, 2, 9]), minutes=random.choice([0, 30])))
        arrived = datetime(2026, random.randint(1, 12), random.randint(1, 28), random.randint(0, 23), random.randint(0, 59), 7, tzinfo=zone)
        collected = arrived + timedelta(hours=random.randint(2, 90)) if number % 2 else None
        record = {"id": key, "cents": cents, "arrived": arrived.isoformat(), "collected": collected and collected.isoformat()}
        shown = {"id": str(key), "postage": f"{cents // 100}.{cents % 100:02}", "arrived": in_utc(arrived), "collected": collected and in_utc(collected)}
        return record, shown

    def read(self):
        """Read all parcels, each of them an object; there are four."""
        answer = self.service.get("/parcels")
        require_status(answer, 200, "All parcels are shown")
        document = answer.json()
        found = document.get("parcels") if isinstance(document, dict) else None
        assert isinstance(found, list) and len(found) == 4 and all(isinstance(each, dict) for each in found), (
            "Your answer should be an object with the list `parcels`, and hold the four of the records, each as an object"
        )
        return found

    def require_field(self, name, why):
        """See how one field of all parcels is sent."""
        got = [each.get(name, "(missing)") for each in self.read()]
        assert got == [shown[name] for _, shown in self.sent], why


def in_utc(moment):
    """Write a moment in UTC, as the brief has it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@check(task="unharmed", objectives=["rest-apis.json"])
def test_ids_survive_every_language(service, random):
    """Ids are texts, and lose no digit"""
    Office(service, random).require_field("id", (
        "Your ids are no texts of all their digits. Many languages read a number of JSON with 53 bits, so that a long id comes back as that of another"
        " parcel"
    ))


@check(task="unharmed", objectives=["rest-apis.json"])
def test_money_keeps_its_cents(service, random):
    """Postage is a text with two decimals"""
    Office(service, random).require_field("postage", (
        "Your postage is no text of euros with two decimals, or another amount. 4.90 as a number loses its zero and may gain a billionth: divide the cents"
        " as whole numbers, and write both digits"
    ))


@check(task="unharmed", objectives=["rest-apis.json"])
def test_moments_carry_their_zone(service, random):
    """Moments are sent in UTC, with a Z"""
    Office(service, random).require_field("arrived", (
        "Your moments are not sent in UTC, to the second, with `Z`. The records hold them with another difference from UTC: convert them, don't cut it off"
    ))


@check(task="unharmed", objectives=["rest-apis.json"])
def test_nothing_is_null(service, random):
    """What is not there is null, and never left out"""
    office = Office(service, random)
    office.require_field("collected", (
        "Your `collected` should be a moment, or null as long as nobody has collected the parcel. A field that is missing could also mean that this service is"
        " too old to know it"
    ))
    names = [sorted(map(str, each)) for each in office.read()]
    assert names == [["arrived", "collected", "id", "postage"]] * 4, (
        "Your parcels have other fields than the brief. Every parcel has the same four, so that a client needs one type for all of them"
    )


@check(task="unharmed", objectives=["rest-apis.json"])
def test_only_a_right_postage_is_taken(service, random):
    """A postage is taken as it should be written, and nothing else"""
    office = Office(service, random)
    number = office.sent[1][0]["id"]
    path = f"/parcels/{number}"
    cents = random.randint(101, 999) * 10 + random.choice([1, 9])
    for postage in ("0.00", "999.99", "0.29", "4.35", f"{cents // 100}.{cents % 100:02}"):
        answer = service.put(path, json={"postage": postage})
        require_status(answer, 200, f"`{postage}` is written as it should be")
        document = answer.json()
        got = document.get("postage") if isinstance(document, dict) else None
        assert got == postage, f"The postage was set to {postage}, and comes back as another. 4.35 times 100 is 434.99… as a binary fraction: calculate with whole cents"
    table = {
        "a number": {"postage": 5.2}, "a whole number": {"postage": random.randint(1, 9)}, "true": {"postage": True}, "null": {"postage": None}, "none": {},
        "one decimal": {"postage": "5.2"}, "three decimals": {"postage": "5.200"}, "a comma": {"postage": "5,20"}, "a zero in front": {"postage": "05.20"},
        "less than nothing": {"postage": "-5.20"}, "a thousand": {"postage": "1000.00"}, "a space": {"postage": " 5.20"}, "an exponent": {"postage": "5e1"},
    }  # fmt: skip
    for what, body in cases(table):
        answer = service.put(path, json=body)
        require_status(answer, 422, f"The postage was {json.dumps(body.get('postage'))} ({what}), and a service that guesses today has to guess alike for ever")
    require_status(service.put(f"/parcels/{number + 1}", json={"postage": "5.20"}), 404, "There is no parcel of this id")
    postage = office.read()[1].get("postage")
    assert postage == f"{cents // 100}.{cents % 100:02}", "What was refused has changed the postage all the same. Read first, then write"
