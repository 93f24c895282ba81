"""Requests a second, by autocannon: a load generator fast enough not to measure itself.

It comes from npm, through the Node.js that Milepost installs, into `.tools/`.
"""

import json
import subprocess
import sys
from pathlib import Path

_TOOLS = Path(__file__).parents[1] / ".tools" / "bench"
_AUTOCANNON = "autocannon@8.0.0"


def requests_a_second(url: str, *, seconds: int, connections: int, cookie: str = "") -> float:
    """Return the mean rate of successful answers over `seconds`."""
    node = Path(sys.executable).with_name("node")
    command = [
        str(node),
        str(_install()),
        "--json",
        "-d",
        str(seconds),
        "-c",
        str(connections),
        url,
    ]
    if cookie:
        command[3:3] = ["-H", f"Cookie: {cookie}"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(told)
    if result["non2xx"] or result["errors"]:
        raise RuntimeError(f"{result['non2xx']} answers of {url} were no success.")
    return float(result["2xx"]) / float(result["duration"])


def _install() -> Path:
    script = _TOOLS / "node_modules" / "autocannon" / "autocannon.js"
    if not script.exists():
        _TOOLS.mkdir(parents=True, exist_ok=True)
        npm = Path(sys.executable).with_name("npm")
        subprocess.run(
            [
                npm,
                "install",
                "--no-audit",
                "--no-fund",
                "--silent",
                "--prefix",
                _TOOLS,
                _AUTOCANNON,
            ],
            check=True,
        )
    return script
