"""Identifiers: UUIDs of version 7 (RFC 9562 §5.7), which sort by the time they were made.

Keyset pagination orders by id alone because of that.
"""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new identifier, greater than every one made before in this process."""
    return uuid7()
