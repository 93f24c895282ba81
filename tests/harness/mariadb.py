"""What only a machine with MariaDB can test: it is skipped where there is none."""

import pytest

from milepost.embedded import EmbeddedServerError
from milepost.engine.backing.mysql.program import find_installation

MARKER = "needs_mariadb"


def skip_without_mariadb(item: pytest.Item) -> None:
    """Skip a test that is marked, where the server can't be had."""
    if item.get_closest_marker(MARKER) is None:
        return
    try:
        find_installation()
    except EmbeddedServerError as missing:
        pytest.skip(f"{missing} {missing.fix}")
