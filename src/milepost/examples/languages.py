"""The languages that an example can be run in, and how: the stack, and the file it is put into.

A language of a lesson that has no line here is only shown. Whether a worker has its stack is the
fleet's affair.
"""

from dataclasses import dataclass

from milepost.core.fleet import ISOLATED, service_need, stack_need

NO_RUN = "no-run"  # the word with which an author marks a block that is no whole program


@dataclass(frozen=True, slots=True)
class RunnableLanguage:
    """How a language's examples are run."""

    name: str
    stack: str
    file: str
    program: tuple[str, ...] = ()  # what is started; nothing where a server runs the file
    services: tuple[str, ...] = ()

    @property
    def follows_on(self) -> bool:
        """Whether a lesson's examples build on each other, as statements on their tables do."""
        return bool(self.services)

    @property
    def needs(self) -> tuple[str, ...]:
        """What a worker must have to run it, in the fleet's words."""
        servers = (ISOLATED, *map(service_need, self.services)) if self.services else ()
        return (stack_need(self.stack), *servers)


_LANGUAGES = (
    RunnableLanguage("python", "python", "example.py", ("python", "example.py")),
    RunnableLanguage("javascript", "node", "example.mjs", ("node", "example.mjs")),
    RunnableLanguage("sql", "sql", "example.sql", services=("postgres",)),
)


def list_runnable() -> tuple[RunnableLanguage, ...]:
    """List the languages that examples can be run in."""
    return _LANGUAGES


def find_runnable(name: str) -> RunnableLanguage | None:
    """Find how a language's examples are run; None where they are only shown."""
    return next((each for each in _LANGUAGES if each.name == name), None)
