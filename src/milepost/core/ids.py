"""Identifiers: UUIDs of version 7 (RFC 9562 §5.7), which sort by the time they were made.

Keyset pagination orders by id alone because of that.
"""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new identifier, greater than every one made before in this process."""
    return uuid7()


def new_id_after(earlier: UUID) -> UUID:
    """Return a new identifier that sorts after `earlier`, even if the clock was set back since."""
    made = new_id()
    return made if made > earlier else UUID(int=earlier.int + 1)
