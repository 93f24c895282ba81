"""Which server of a component is on this machine, as `doctor`, workers and verdicts ask.

Apart from the registry, which everything reads that only wants a name or a limit: where programs
may be is known by `embedded`, which is dear to import.
"""

from collections.abc import Iterable
from contextlib import suppress

from milepost.embedded.errors import ProgramNotFound
from milepost.embedded.programs import Program
from milepost.engine.backing.contract import Component
from milepost.engine.backing.registry import find_components, load


def find_program(component: Component) -> Program | None:
    """Find the server that a component runs; None where it runs none. Raises ProgramNotFound."""
    if component.program is None:
        return None
    found: Program = load(component.program)()
    return found


def list_servers(names: Iterable[str]) -> list[str]:
    """List what these components run on this machine, such as "PostgreSQL 18.6"."""
    servers = []
    for component in find_components(names):
        with suppress(ProgramNotFound):  # whoever opens the component says so
            program = find_program(component)
            if program is not None:
                servers.append(f"{program.title} {program.version}")
    return servers
