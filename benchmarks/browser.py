"""What a person sees: from pressing *Submit* to the first check on the screen, in a real Chromium.

The page is the lab page as it ships. Without a Chromium (MILEPOST_CHROMIUM, or one on PATH) there
is no row, since nothing else would say how long a browser takes.
"""

import json
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Page, sync_playwright

from benchmarks.rows import Row, percentile
from benchmarks.site import Site

REPETITIONS = 100
LAB = "ten-calls"
SOLUTION = {"double.py": "def double(number):\n    return number * 2\n"}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PATIENCE_MS = 30_000
# From the click to the frame after the one in which the first check was drawn.
_PRESS_AND_SEE = """() => new Promise((resolve) => {
  const list = document.getElementById("check-list");
  const pressed = performance.now();
  new MutationObserver((_, observer) => {
    if (!list.querySelector(".has-arrived")) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - pressed)));
  }).observe(list, { childList: true, subtree: true });
  document.getElementById("submit").click();
})"""


def browser_rows(site: Site) -> list[Row]:
    """How long until a person sees the first check."""
    chromium = os.environ.get("MILEPOST_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        return []
    samples = list(first_check_latencies(site, chromium, count=REPETITIONS))
    p95 = percentile(samples, 95)
    return [
        Row(
            "submit to first check in the browser, p95",
            p95,
            "s",
            None,
            None,
            0.300,
            p50=percentile(samples, 50),
            p95=p95,
            samples=len(samples),
        )
    ]


def first_check_latencies(site: Site, chromium: str, *, count: int) -> Iterator[float]:
    """Yield, in seconds, how long each of `count` submissions took to show its first check."""
    draft = json.dumps({"files": SOLUTION, "active": "double.py"})
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(base_url=site.url)
        context.set_default_timeout(PATIENCE_MS)
        name, _, value = site.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": site.url}])
        context.add_init_script(
            f"localStorage.setItem('milepost:draft:{LAB}:python', {json.dumps(draft)})"
        )
        page = context.new_page()
        for _ in range(count):
            yield _submit_once(page)
        browser.close()


def _submit_once(page: Page) -> float:
    page.goto(f"/labs/{LAB}")
    page.locator(".cm-content").wait_for()
    milliseconds: float = page.evaluate(_PRESS_AND_SEE)
    page.locator('#verdict [data-verdict="passed"]').wait_for()
    return milliseconds / 1000
