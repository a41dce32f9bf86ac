"""A page that changes while somebody decides on it: what is pressed is meant for what was there."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.conftest import Door
from tests.pages.conftest import Open, Start, page_of

pytestmark = pytest.mark.anyio
TWO = "Refund 1 of order 1001 because it came late, and refund 1 of order 1002 because of rain"
_PRESSES_AT_ONCE = """how => {
  const press = () => {
    if (how === "key") document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
    else document.querySelector("button[value=accept]:not([form=none])")?.click();
  };
  const watched = document.getElementById("one");
  new MutationObserver((_, observer) => { observer.disconnect(); press(); }).observe(watched, { childList: true });
}"""
"""Presses in the very moment in which the page shows something else."""


async def undecided(door: Door, run: dict[str, Any]) -> list[int]:
    """The requests of the run that nobody decided."""
    found = await door.call("get_run", run_id=run["run_id"])
    return [each["index"] for asked in found["interrupts"] for each in asked["requests"] if "decision" not in each]


async def test_a_key_decides_nothing_where_it_could_mean_one_of_several(
    open_page: Open, start: Start, door: Door
) -> None:
    run = await start("desk", TWO)
    page = await open_page(page_of(run))
    await page.keyboard.press("a")
    await expect(
        page.get_by_role("article", name="Request 1 of 2").get_by_role("button", name="Accept")
    ).to_be_focused()
    assert await undecided(door, run) == [0, 1]
    await page.get_by_role("article", name="Request 2 of 2").get_by_label("Message", exact=True).focus()
    await page.keyboard.press("Escape")
    await page.get_by_role("article", name="Request 2 of 2").get_by_role("button", name="Not now").focus()
    await page.keyboard.press("a")
    await expect(page.get_by_role("article", name="Request 2 of 2")).to_contain_text("accept by ")
    assert await undecided(door, run) == [0]


@pytest.mark.parametrize("how", ["key", "button"])
async def test_what_is_pressed_as_the_page_changes_decides_nothing_that_was_not_there_before(
    open_page: Open, start: Start, door: Door, how: str
) -> None:
    run = await start("desk", TWO)
    mine, others = await open_page(page_of(run)), await open_page(page_of(run))
    await mine.evaluate(_PRESSES_AT_ONCE, how)
    await others.get_by_role("article", name="Request 1 of 2").get_by_role("button", name="Reject", exact=True).click()
    await expect(mine.get_by_role("article", name="Request 1 of 2")).to_contain_text("reject by ")
    await expect(mine.get_by_role("status")).to_contain_text("has changed")
    assert await undecided(door, run) == [1]
    # What is shown now can be decided.
    await mine.get_by_role("article", name="Request 2 of 2").get_by_role("button", name="Accept", exact=True).click()
    await mine.wait_for_url("**/inbox/runs/*")
