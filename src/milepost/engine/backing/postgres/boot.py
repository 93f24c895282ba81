"""The first program in the sandbox of the labs' PostgreSQL: makes a cluster, becomes its server.

Run by path with nothing but the standard library: `boot.py SESSION_BYTES INITDB… -- SERVER…`.
The cluster lies in the sandbox's own memory, so it is made there and ends there. Memory is bounded
here, because only a process itself, or one with rights that even root may lack, can do that.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Make the cluster, forget its password, and turn into the server."""
    session_bytes, arguments = int(sys.argv[1]), sys.argv[2:]
    middle = arguments.index("--")
    initdb, server = arguments[:middle], arguments[middle + 1 :]
    password_file = next(word for word in initdb if word.startswith("--pwfile="))
    answer = subprocess.run(initdb, check=False, stdout=subprocess.DEVNULL)
    Path(password_file.removeprefix("--pwfile=")).unlink()
    if answer.returncode != 0:
        sys.exit(f"initdb ended with {answer.returncode}")
    _drop_maps(Path(server[server.index("-D") + 1]))
    resource.setrlimit(resource.RLIMIT_DATA, (session_bytes, session_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(server[0], server)  # noqa: S606 - a fixed program, no shell


def _drop_maps(cluster: Path) -> None:
    """Delete the maps of free and visible pages, a third of the files that each clone copies.

    The server makes them anew where it wants them: they only save it a look at the pages.
    """
    for ending in ("_fsm", "_vm"):
        for file in cluster.glob(f"base/*/*{ending}"):
            file.unlink()


if __name__ == "__main__":
    main()
