"""What several tests of the API begin with."""

import pytest

from factories.content import CheckDraft


@pytest.fixture
def publish(make, path):
    """Publish a lab on the module's `path` that proves one objective, such as `basics.adding`."""

    async def publish(objective, **options):
        skill, _, name = objective.partition(".")
        checks = (CheckDraft(objective=objective),)
        return await make.lab(name, path=path, skill=skill, checks=checks, **options)

    return publish
