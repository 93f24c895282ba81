"""Finds the server that the `mongo` component runs on: MongoDB, or what Milepost has built.

MongoDB itself comes first, wherever the system has one. What is built instead understands its
drivers and most of its commands, and is never called by its name.
"""

from functools import cache
from pathlib import Path

from milepost.embedded.errors import ProgramNotFound
from milepost.embedded.programs import Program, find_on_system, read_version
from milepost.engine.backing.mongo.install import COMMAND, PACKAGES, place_mongo, read_lock

OLDEST_MONGO = 5
MONGODB = "MongoDB"
COMPATIBLE = "mongo-java-server (MongoDB-compatible)"


@cache
def find_mongo() -> Program:
    """Find it. Raises ProgramNotFound."""
    for path in find_on_system("mongod"):
        version = read_version(path, "--version", r"v(\d+\.\d+\.\d+)")
        if version is not None and int(version.split(".")[0]) >= OLDEST_MONGO:
            return Program(path, MONGODB, version, "system")
    java = place_mongo() / "runtime" / "bin" / "java"
    if java.is_file():
        return Program(java, COMPATIBLE, _read_version(), "installation")
    raise ProgramNotFound(
        f"No MongoDB {OLDEST_MONGO} or newer was found on this machine, and no store that speaks"
        " as it does is built.",
        fix=f"Run `{COMMAND}`. It needs Java 17 or newer and Maven; on Debian and Ubuntu, `apt"
        f" install {PACKAGES}` brings them. Or install MongoDB's own server.",
    )


def find_folder(program: Program) -> Path:
    """Return the folder of what was built, which its sandbox shows whole."""
    return program.executable.parents[2]


def _read_version() -> str:
    return next(version for _, name, version in read_lock() if name == "mongo-java-server-core")
