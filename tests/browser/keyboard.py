"""A person without a mouse: presses keys, and at every stop sees where the focus is."""

from contextlib import suppress
from dataclasses import dataclass

from playwright.async_api import Locator, Page
from playwright.async_api import TimeoutError as WaitedInVain

MOST_STOPS = 120
# An outline may be drawn around the control itself, its label, or the whole editor.
LOOK = """() => {
  const element = document.activeElement;
  const drawn = [element, element.closest("label"), element.closest(".cm-editor")];
  const box = element.getBoundingClientRect();
  return {
    html: element.outerHTML.slice(0, 160),
    is_on_page: element !== document.body && element !== document.documentElement,
    is_outlined: drawn.some((each) => {
      const style = each && getComputedStyle(each);
      return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    }),
    is_in_view: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@dataclass(frozen=True)
class Hands:
    """Both on the keyboard."""

    page: Page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def go_to(self, wanted: Locator, *, key: str = "Tab") -> None:
        """Press Tab until the focus is there, seeing it at every stop on the way."""
        for _ in range(MOST_STOPS):
            await self.press(key)
            await self.require_visible_focus()
            if await self.is_at(wanted):
                return
        raise AssertionError(f"{MOST_STOPS} presses of {key} did not reach {wanted}")

    async def require_visible_focus(self) -> None:
        """Fail unless the focus is on something, in view, with an outline around it."""
        with suppress(WaitedInVain):  # the editor draws its outline a moment after it has the focus
            await self.page.wait_for_function(f"() => ({LOOK})().is_outlined")
        stop = await self.page.evaluate(LOOK)
        assert stop["is_on_page"], "the focus is nowhere on the page"
        assert stop["is_outlined"], f"no outline shows the focus on {stop['html']}"
        assert stop["is_in_view"], f"the focus is out of view, on {stop['html']}"

    async def is_at(self, wanted: Locator) -> bool:
        """Whether the focus is on `wanted`."""
        return await wanted.evaluate("element => element === document.activeElement")
