"""A server of a component on its socket: it is given to a check once anybody can connect there."""

import os
import stat
import textwrap
from pathlib import Path

import pytest

from milepost.engine import probe_isolation
from milepost.engine.backing.folders import ServiceFolder
from milepost.engine.backing.socket_server import SocketServer
from milepost.engine.sandbox import SandboxSpec, Scratch
from milepost.engine.sandbox_specs import system_folders
from milepost.engine.stacks.runtimes import find_interpreter

MEBIBYTE = 1024 * 1024
# As Redis does: it listens first, and says only then who may connect.
OPENS_LATE = """
    import os, socket, time
    server = socket.socket(socket.AF_UNIX)
    os.umask(0o077)
    server.bind("/outside/late.sock")
    server.listen()
    time.sleep(0.5)
    os.chmod("/outside/late.sock", 0o777)
    time.sleep(60)
"""


def make_spec(outside: Path) -> SandboxSpec:
    interpreter = find_interpreter()
    return SandboxSpec(
        argv=(str(interpreter.executable), "-I", "-S", "-c", textwrap.dedent(OPENS_LATE)),
        shown={**system_folders(), **{str(path): path for path in interpreter.paths}},
        kept={"/outside": outside},
        scratch=(Scratch("/tmp", MEBIBYTE),),  # noqa: S108 - the sandbox's own
        directory="/tmp",  # noqa: S108
    )


@pytest.mark.needs_isolated_tier
async def test_a_server_that_listens_before_others_may_connect_is_waited_for(tmp_path):
    isolation = probe_isolation("isolated").isolation
    folder = ServiceFolder.make(tmp_path, "late")

    server = await SocketServer.start(isolation, folder, "late.sock", make_spec)

    try:
        assert os.fstat(server.socket).st_mode & stat.S_IWOTH
    finally:
        await server.stop()
