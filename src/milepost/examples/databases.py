"""Which labs have a database that statements can be tried in, and in which stack they run.

A lab's console runs in the stack that files of SQL would be handed in for, whatever its solutions
are written in.
"""

from collections.abc import Collection

from milepost.engine.stacks.descriptions import find_running_service, list_names
from milepost.examples.languages import RunnableLanguage

LANGUAGE = "sql"
_FILE = "console.sql"
_DATABASE_STACKS = {
    service: stack for stack in list_names() if (service := find_running_service(stack))
}
DATABASES = frozenset(_DATABASE_STACKS)  # the services that are databases


def list_database_stacks(services: Collection[str]) -> tuple[str, ...]:
    """List the stacks that a lab's console can run in, in the order in which it names them."""
    return tuple(_DATABASE_STACKS[name] for name in services if name in DATABASES)


def describe_console(stack: str) -> RunnableLanguage:
    """Return how statements are run in a lab's database in one of these stacks."""
    return RunnableLanguage(LANGUAGE, stack, _FILE, services=(find_running_service(stack),))
