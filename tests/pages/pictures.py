"""`python -m tests.pages.pictures`: the pages of a real server, as pictures for the documentation."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
from mcp_types import Implementation
from playwright.async_api import Page, ViewportSize, expect

from interrupt_mcp.private import user
from tests.conftest import Door
from tests.pages.asking import asked
from tests.pages.browser import running
from tests.pages.desktop import Desktop, desktop
from tests.pages.windows import Windows
from tests.patience import PATIENCE
from tests.processes import over_stdio

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_CLIENT = Implementation(name="Claude Desktop", version="1.0")
_WIDE = {"viewport": {"width": 1000, "height": 760}}
_TALL: ViewportSize = {"width": 1000, "height": 1500}
_MARGIN = 20
_PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
_UNNAMED = """(words) => document.querySelectorAll(".who strong").forEach((each) => {
    each.textContent = each.textContent.replace(words, "");
})"""
_REFUND = "Refund 20 of order 1001 because it came late, and message ada@example.com: Sorry for the delay!"
_HOTEL = {"agent": "hotel", "message": "Book a stay at the McKittrick hotel"}


async def draw() -> None:
    """Make all pictures, in place of those that are there."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        here = desktop(home / "desktop")
        async with over_stdio(home, environ=here.environ, client_info=_CLIENT) as door, running() as browser:
            windows = Windows(browser)
            await _pages(door, here, windows)
            await windows.close()


async def _pages(door: Door, here: Desktop, windows: Windows) -> None:
    desk = await asked(door, agent="desk", message=_REFUND)
    page = await windows.open((await here.page()).as_uri(), **_WIDE)
    await page.wait_for_url("**/inbox/interrupts/*")
    hotel = await asked(door, **_HOTEL)
    await asked(door, agent="revise_text", input={"some_text": "The quick brown fox jumps over the lazy dog."})
    base, cookies = page.url.partition("/inbox/")[0], await page.context.storage_state()
    refund = f"{base}/inbox/interrupts/{_code_of(desk, 'refund_order')}"
    await _drawn(page, "list", f"{base}/inbox")
    await _drawn(page, "detail", refund)
    await page.set_viewport_size(_TALL)
    await page.goto(f"{refund}?edit=0")
    await page.get_by_label("amount", exact=True).fill("12.50")
    await expect(page.get_by_role("region", name="Changes")).to_contain_text("12.5")
    box = await page.get_by_role("article").bounding_box()
    assert box is not None
    await page.screenshot(
        path=FOLDER / "edit.png",
        clip={"x": 0, "y": box["y"], "width": _TALL["width"], "height": box["height"] + _MARGIN},
        animations="disabled",
        caret="hide",
    )
    phone = await windows.open(f"{base}/inbox/interrupts/{_code_of(hotel, 'book_hotel')}", cookies, **_PHONE)
    await _drawn(phone, "phone")
    dark = await windows.open(refund, cookies, color_scheme="dark", **_WIDE)
    await _drawn(dark, "dark")


def _code_of(run: dict[str, Any], action: str) -> str:
    return next(each["code"] for each in run["interrupts"] if each["requests"][0]["action"] == action)


async def _drawn(page: Page, name: str, address: str = "") -> None:
    if address:
        await page.goto(address)
    await page.wait_for_load_state()
    # Whoever makes the pictures is nobody's business.
    await page.evaluate(_UNNAMED, f"os:{user()} with ")
    await page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")


def _sizes() -> Sequence[str]:
    return [f"{path.name} {path.stat().st_size // 1024} KB" for path in sorted(FOLDER.glob("*.png"))]


async def main() -> None:
    with anyio.fail_after(2 * PATIENCE):
        await draw()
    print(*_sizes(), sep="\n")


if __name__ == "__main__":
    anyio.run(main)
