"""Renew the third-party assets under src/milepost/web/static/vendor.

Installs exactly what scripts/vendor/package-lock.json pins, bundles the editor, and writes each
asset with its licence and version. Invariant: everything in the vendor folder comes from here, so
nothing there is ever edited by hand.
"""

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "scripts" / "vendor"
TARGET = ROOT / "src" / "milepost" / "web" / "static" / "vendor"

COPIED = {
    "pico.css": ("@picocss/pico", "css/pico.min.css"),
    "htmx.js": ("htmx.org", "dist/htmx.min.js"),
}
BUNDLED = {"codemirror.js": "codemirror.mjs"}


def main() -> None:
    """Install, bundle, copy and record; replaces the vendor folder as a whole at the end."""
    with TemporaryDirectory(prefix="milepost-vendor-") as scratch:
        work = Path(scratch)
        for name in ("package.json", "package-lock.json", *BUNDLED.values()):
            shutil.copy(SOURCE / name, work / name)
        _run(work, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        built = work / "built"
        built.mkdir()
        record = {name: _bundle(work, built, name) for name in BUNDLED}
        record |= {name: _copy(work, built, name) for name in COPIED}
        _write_record(work, built, record)
        shutil.rmtree(TARGET, ignore_errors=True)
        shutil.copytree(built, TARGET)
    for path in sorted(TARGET.iterdir()):
        print(f"{path.stat().st_size:>9,}  {path.relative_to(ROOT)}")


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True)


def _bundle(work: Path, built: Path, name: str) -> list[str]:
    """Bundle one entry file as a minified ES module; returns the packages that went into it."""
    _run(
        work,
        "node_modules/.bin/esbuild",
        BUNDLED[name],
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--legal-comments=none",
        "--metafile=meta.json",
        f"--outfile={built / name}",
    )
    inputs: dict[str, Any] = json.loads((work / "meta.json").read_text())["inputs"]
    return sorted({_package_of(path) for path in inputs if path.startswith("node_modules/")})


def _package_of(path: str) -> str:
    parts = path.split("/")[1:]
    return "/".join(parts[:2]) if parts[0].startswith("@") else parts[0]


def _copy(work: Path, built: Path, name: str) -> list[str]:
    package, path = COPIED[name]
    shutil.copy(work / "node_modules" / package / path, built / name)
    return [package]


def _write_record(work: Path, built: Path, record: dict[str, list[str]]) -> None:
    """Write VERSIONS.json and LICENSES.txt, so that every asset names what is in it."""
    versions: dict[str, dict[str, str]] = {}
    texts: dict[str, str] = {}
    for asset in sorted(record):
        versions[asset] = {}
        for package in record[asset]:
            folder = work / "node_modules" / package
            manifest = json.loads((folder / "package.json").read_text())
            title = f"{package} {manifest['version']} ({manifest['license']})"
            versions[asset][package] = manifest["version"]
            texts[title] = _licence(folder)
    (built / "VERSIONS.json").write_text(json.dumps(versions, indent=2) + "\n")
    parts = [f"{title}\n{'-' * len(title)}\n{text}\n" for title, text in sorted(texts.items())]
    (built / "LICENSES.txt").write_text("\n".join(parts))


def _licence(folder: Path) -> str:
    found = sorted(p for p in folder.iterdir() if p.name.lower().startswith(("licen", "copying")))
    if not found:
        raise SystemExit(f"{folder.name} carries no licence file. Leave it out or add its text.")
    return found[0].read_text().strip()


if __name__ == "__main__":
    main()
