"""The site that the scanners look at, served for real."""

import pytest

from scanners.site import Site, build_site


@pytest.fixture
async def site(live_server, make, database, queue) -> Site:
    return await build_site(live_server, make, database, queue)
