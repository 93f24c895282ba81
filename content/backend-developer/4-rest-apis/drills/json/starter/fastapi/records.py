"""The records of the post office, made from what the scale and the clock have written. There is nothing to change here."""

import json
import os
from datetime import datetime

DEFAULT = """[
  {"id": 9007199254740993, "cents": 490, "arrived": "2026-03-01T10:30:00+01:00", "collected": null},
  {"id": 17, "cents": 1205, "arrived": "2026-07-01T00:15:00+02:00", "collected": "2026-07-01T09:00:00+02:00"}
]"""


def read_moment(text):
    """Read a moment with its difference from UTC; there may be none."""
    return None if text is None else datetime.fromisoformat(text)


# By id: the cents that were paid, when a parcel arrived, and when it was collected.
parcels = {
    each["id"]: {
        "id": each["id"],
        "cents": each["cents"],
        "arrived": read_moment(each["arrived"]),
        "collected": read_moment(each["collected"]),
    }
    for each in json.loads(os.environ.get("PARCELS", DEFAULT))
}
