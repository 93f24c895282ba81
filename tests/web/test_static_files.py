"""Style sheets, scripts and vendored assets: kept for ever, renewed by address, complete."""

import json
import re

import pytest

from milepost.web.rendering.static_files import FOLDER, static_url

OWN_SCRIPTS = sorted(FOLDER.glob("*.js"))


async def test_a_file_under_its_digest_is_kept_for_ever(client):
    response = await client.get(static_url("milepost.css"))

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/css")
    assert "immutable" in response.headers["cache-control"]


async def test_a_file_under_an_old_digest_is_asked_for_again(client):
    response = await client.get("/static/0123456789ab/lab.js")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["../web/labs.py", "..%2f..%2fmain.py", "missing.css", "vendor"])
async def test_nothing_else_is_served(client, path):
    response = await client.get(f"/static/0123456789ab/{path}")

    assert response.status_code == 404


def test_every_vendored_package_has_its_licence():
    versions = json.loads((FOLDER / "vendor" / "VERSIONS.json").read_text())
    licences = (FOLDER / "vendor" / "LICENSES.txt").read_text()

    assert set(versions) == {path.name for path in (FOLDER / "vendor").iterdir()} - {
        "LICENSES.txt",
        "VERSIONS.json",
    }
    for packages in versions.values():
        for name, version in packages.items():
            assert f"{name} {version} (" in licences


@pytest.mark.parametrize("script", OWN_SCRIPTS, ids=lambda path: path.name)
def test_scripts_import_only_files_that_are_there(script):
    for name in re.findall(r'from "\./([^"]+)"', script.read_text()):
        assert (FOLDER / name).is_file()


def test_style_sheets_ask_for_nothing_from_elsewhere():
    for sheet in FOLDER.rglob("*.css"):
        for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", sheet.read_text()):
            assert address.startswith("data:")
