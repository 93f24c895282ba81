"""Takes pictures of every page of a running Milepost, at three widths, light and dark.

    make up                                          # in one terminal; copy the link
    .venv/bin/python scripts/screenshots.py LINK     # in another

Pictures go to `build/screenshots`; the two in the README are renewed in `docs/images`. It signs in
with the link, chooses a track and submits one wrong and one right solution, so use a data folder
that you can spare.
"""

import os
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect, sync_playwright

from milepost.labs import list_answers, load_lab

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "build" / "screenshots"
README_PICTURES = ROOT / "docs" / "images"
LAB = ROOT / "content/backend-developer/1-language/labs/traffic-report"
WIDTHS = (360, 768, 1440)
PATH = "/paths/backend-developer"
PAGES = {
    "path": PATH,
    "skill": f"{PATH}/skills/language",
    "lesson": f"{PATH}/skills/language/lessons/loops",
    "in-milepost": f"{PATH}/in-milepost",
    "labs": "/labs",
    "lab": "/labs/traffic-report",
    "submissions": "/submissions",
    "account": "/account",
    "device": "/device",
    "track": "/track",
    "source": "/source/src/milepost/submissions/service.py",
    "api": "/api/docs",
    "missing": "/nothing-here",
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> None:
    """Sign in, make something to look at, and take the pictures."""
    if len(sys.argv) != 2:  # noqa: PLR2004  the script and the link
        sys.exit(__doc__)
    link = sys.argv[1]
    base = "{0.scheme}://{0.netloc}".format(urlsplit(link))
    chromium = os.environ.get("MILEPOST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page()
        sign_in(page, link)
        cookies = page.context.cookies()
        wrong = submit(page, base, "flawed/ties-upside-down")
        photograph_readme(browser, base, cookies, wrong)
        submit(page, base, "solutions/python")
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                photograph(browser, base, cookies, {**PAGES, "submission": wrong}, scheme, width)
        browser.close()


def sign_in(page: Page, link: str) -> None:
    """Confirm the link, and choose a track where none is chosen yet."""
    page.goto(link)
    page.locator("main button").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    if page.url.endswith("/track"):
        page.get_by_label("Python").first.check()
        page.get_by_label("FastAPI").first.check()
        page.locator("main form button").last.click()
        page.wait_for_url(f"**{PATH}")


def submit(page: Page, base: str, name: str) -> str:
    """Submit an answer that lies in the lab, wait for its verdict, return its address."""
    stack, content = list_answers(load_lab(LAB))[name]
    files = {path: each.decode("utf-8") for path, each in content.items()}
    answer = page.request.post(
        f"{base}/api/v1/submissions",
        data={"lab": "traffic-report", "stack": stack, "files": files},
    )
    address = f"/submissions/{answer.json()['id']}"
    page.goto(base + address)
    expect(page.locator("[data-verdict]")).to_be_visible(timeout=60_000)
    return address


def photograph(
    browser: Browser,
    base: str,
    cookies: list,  # type: ignore[type-arg]
    pages: dict[str, str],
    scheme: str,
    width: int,
) -> None:
    """Take every page at one width in one scheme."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    context.add_cookies(cookies)
    page = context.new_page()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, address in pages.items():
        page.goto(base + address)
        page.wait_for_load_state()
        page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
    context.close()


def photograph_readme(browser: Browser, base: str, cookies: list, submission: str) -> None:  # type: ignore[type-arg]
    """Take the two pictures of the README: the road, and the evidence of a failed check."""
    README_PICTURES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 1200, "height": 760})
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(base + PATH)
    page.screenshot(path=README_PICTURES / "road.png")
    page.goto(base + submission)
    page.screenshot(path=README_PICTURES / "evidence.png")
    context.close()


if __name__ == "__main__":
    main()
