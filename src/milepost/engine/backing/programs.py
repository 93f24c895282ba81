"""Which server of a component is on this machine, as `doctor` and workers ask.

Apart from the registry, which everything reads that only wants a name or a limit: where programs
may be is known by `embedded`, which is dear to import.
"""

from milepost.embedded.programs import Program
from milepost.engine.backing.contract import Component
from milepost.engine.backing.registry import load


def find_program(component: Component) -> Program | None:
    """Find the server that a component runs; None where it runs none. Raises ProgramNotFound."""
    if component.program is None:
        return None
    found: Program = load(component.program)()
    return found
