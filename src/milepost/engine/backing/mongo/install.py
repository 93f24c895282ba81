"""Builds the document store that `mongo` runs on where the machine has no MongoDB of its own.

Maven fetches the jars of `server/jars.lock`, each is held to its hash, our few lines of Java are
compiled against them, and a runtime is cut to their needs. It appears whole or not at all.
"""

import shutil
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from milepost.engine.backing.hosting import NotInstalled
from milepost.engine.stacks.libraries import (
    LibrariesNotInstalled,
    let_everybody_read,
    run_installer,
)

SERVER = Path(__file__).with_name("server")
LOCK = SERVER / "jars.lock"
SOURCE = SERVER / "DocumentServer.java"
COMMAND = "milepost components install mongo"
NEEDS = ("javac", "jlink", "mvn")
PACKAGES = "default-jdk-headless maven"  # of Debian and Ubuntu
_MODULES = "java.base,java.logging,jdk.net,jdk.unsupported"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>milepost</groupId><artifactId>documents</artifactId><version>1</version>
  <dependencies>{dependencies}</dependencies>
</project>
"""
_DEPENDENCY = (
    "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>"
    "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
    "</dependency>"
)


def place_mongo() -> Path:
    """Return where it is, or would be: beside what this Python has, named by what it is made of."""
    made_of = sha256(LOCK.read_bytes() + SOURCE.read_bytes() + _MODULES.encode())
    return Path(sys.prefix) / "share" / "milepost" / f"mongo-{made_of.hexdigest()[:16]}"


def install_mongo() -> bool:
    """Build it; False if it was there. Raises NotInstalled."""
    target = place_mongo()
    if target.is_dir():
        return False
    missing = [name for name in NEEDS if shutil.which(name) is None]
    if missing:
        raise NotInstalled(
            f"It is built with Java 17 or newer and Maven, and here is no {', no '.join(missing)}."
            f" Install them (on Debian and Ubuntu: `apt install {PACKAGES}`), then run `{COMMAND}`."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".mongo-", dir=target.parent))
    try:
        built = _build(aside)
        let_everybody_read(built)
        built.rename(target)
    except LibrariesNotInstalled as failed:
        raise NotInstalled(f"{failed} Nothing was changed; `{COMMAND}` tries again.") from None
    except OSError:
        if not target.is_dir():  # else somebody else was quicker
            raise
        return False
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return True


def read_lock() -> dict[tuple[str, str, str], str]:
    """Read which jars there are, by group, name and version, with the hash of each."""
    found = {}
    for line in LOCK.read_text(encoding="ascii").splitlines():
        coordinates, hashed = line.split()
        group, name, version = coordinates.split(":")
        found[group, name, version] = hashed
    return found


def require_hashes(jars: Path) -> None:
    """See that a folder holds the jars of the lock, byte by byte. Raises LibrariesNotInstalled."""
    for (_, name, version), expected in read_lock().items():
        jar = jars / f"{name}-{version}.jar"
        if not jar.is_file() or sha256(jar.read_bytes()).hexdigest() != expected:
            raise LibrariesNotInstalled(
                f"{jar.name} is not the file that the lock names, so it was not used."
            )


def _build(aside: Path) -> Path:
    built = aside / "mongo"
    jars = built / "jars"
    jars.mkdir(parents=True)
    written = "".join(_DEPENDENCY.format(*each) for each in read_lock())
    (aside / "pom.xml").write_text(_POM.format(dependencies=written), encoding="utf-8")
    run_installer(["mvn", "-B", "-q", _COPY, f"-DoutputDirectory={jars}"], aside)
    require_hashes(jars)
    run_installer(
        ["javac", "--release", "17", "-d", str(jars / "own"), "-cp", f"{jars}/*", str(SOURCE)],
        aside,
    )
    runtime = built / "runtime"
    run_installer(
        [
            *("jlink", "--add-modules", _MODULES, "--output", str(runtime)),
            *("--strip-debug", "--no-header-files", "--no-man-pages"),
        ],
        aside,
    )
    run_installer([str(runtime / "bin" / "java"), "-Xshare:dump"], aside)
    return built
