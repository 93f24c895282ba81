"""The operator's terminal: commands that work on this test's own installation."""

import pytest


@pytest.fixture
def operate(terminal, settings):
    """Runs a command as whoever runs this Milepost: `await operate("regrade")`."""

    async def operate(*arguments):
        return await terminal.run(
            *arguments,
            MILEPOST_DATABASE_URL=settings.database_url,
            MILEPOST_DATA_DIR=str(settings.data_dir),
            MILEPOST_CONTENT_DIR=str(settings.content_dir),
        )

    return operate
