"""Holding what a page shows to axe-core, in light and in dark."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect


async def require_accessible(page: Page) -> None:
    """Fail with axe's report unless it finds nothing. Open the page with reduced motion.

    Otherwise a colour may be measured on its way to another.
    """
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        await page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        found = await Axe().run(page)
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
