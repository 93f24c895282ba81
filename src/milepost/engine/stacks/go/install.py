"""Installs the stack `go`: compiler, linker, and compiled, every package that learners may import.

The toolchain comes from a wheel, libraries through Go's own module proxy; `go.lock` and `go.sum`
pin both by their hashes. What a guest is shown is made from them and holds no source code: to
compile and link against it takes a fraction of the processor time of `go build`.
"""

import shutil
from pathlib import Path

from milepost.engine.stacks.descriptions import Libraries
from milepost.engine.stacks.libraries import install_wheels, run_installer

_SOURCES = ("go.mod", "go.sum", "libraries.go", "harness", "builder")
_PACKAGE = "{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}"
# Debug information is for debuggers, which nobody runs in a guest; traces of panics need none.
_COMPILED = ("-trimpath", "-mod=readonly", "-gcflags=all=-dwarf=false")


def install(libraries: Libraries, aside: Path) -> Path:
    """Fill a folder below `aside` with what guests are shown, and return it.

    Raises LibrariesNotInstalled where a step fails.
    """
    tools = aside / "toolchain"
    install_wheels(libraries.lock, tools, aside)
    go = _Go(tools / "go", aside)
    for name in _SOURCES:
        source = libraries.lock.parent / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, aside / name)
    target = aside / "libraries"
    (target / "bin").mkdir(parents=True)
    go.run("build", "-trimpath", "-ldflags=-s -w", f"-o={target}/bin/build", "./builder")
    listed = go.run("list", "-deps", "-export", *_COMPILED, "-f", _PACKAGE, "std", ".", "./harness")
    _collect_packages(listed, target)
    _collect_tools(tools / "go", target)
    return target


class _Go:
    """The go command of an unpacked toolchain, in the folder of the installation."""

    def __init__(self, root: Path, aside: Path) -> None:
        self._command = root / "bin" / "go"
        self._aside = aside
        self._environment = {
            "CGO_ENABLED": "0",
            "GOCACHE": str(aside / "cache"),
            "GOENV": "off",
            "GOFLAGS": "-modcacherw",  # else nobody but root could remove it again
            "GOPATH": str(aside / "path"),
            "GOROOT": str(root),
            "GOTELEMETRY": "off",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        }

    def run(self, *arguments: str) -> str:
        """Run it, and return what it printed."""
        return run_installer([str(self._command), *arguments], self._aside, self._environment)


def _collect_packages(listed: str, target: Path) -> None:
    """Copy compiled packages, and write the file by which the tools find them."""
    folder = target / "packages"
    folder.mkdir()
    lines = []
    for number, line in enumerate(sorted(filter(None, listed.splitlines()))):
        imported, _, archive = line.partition(" ")
        shutil.copyfile(archive, folder / f"{number}.a")
        lines.append(f"packagefile {imported}=packages/{number}.a\n")
    (target / "importcfg").write_text("".join(lines), encoding="utf-8")


def _collect_tools(root: Path, target: Path) -> None:
    folder = target / "tool"
    folder.mkdir()
    for name in ("compile", "link"):
        (found,) = root.glob(f"pkg/tool/*/{name}")
        shutil.copy(found, folder / name)
