"""Finds or installs a MariaDB for the tests that need one, and prints what was found.

No package index carries a server, so it is the system's: where there is none it is installed with
apt, if we are root on Debian or Ubuntu. Its service is not started. Where that can't be done, the
tests that need it are skipped, and standard error says what to install.
"""

import os
import shutil
import subprocess
import sys

from milepost.embedded import EmbeddedServerError
from milepost.engine.backing.mysql.program import find_installation, find_mariadb

PACKAGE = "mariadb-server-core"
APT_SECONDS = 600


def main() -> None:
    """Print the version of a MariaDB, or say why there is none."""
    try:
        found = find_mariadb()
    except EmbeddedServerError:
        install_with_apt()
        find_installation.cache_clear()
        try:
            found = find_mariadb()
        except EmbeddedServerError as missing:
            print(f"{missing} Tests that need it are skipped. {missing.fix}", file=sys.stderr)
            return
    print(f"{found.title} {found.version}, {found.executable}")


def install_with_apt() -> None:
    """Install the distribution's package, where we may: the server alone, without a service."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Installing {PACKAGE} with apt", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", PACKAGE]):
        command = ["apt-get", "-q", *step]
        try:
            subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                check=True,
                timeout=APT_SECONDS,
            )
        except (OSError, subprocess.SubprocessError) as error:
            print(f"apt could not install {PACKAGE} ({error})", file=sys.stderr)
            return


if __name__ == "__main__":
    main()
