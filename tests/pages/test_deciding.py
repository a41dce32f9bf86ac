"""Deciding on a page: each word, and that what was decided is what runs."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.conftest import Door
from tests.effects import Effects
from tests.pages.conftest import Open, Start

pytestmark = pytest.mark.anyio


def page_of(run: dict[str, Any]) -> str:
    return f"/inbox/interrupts/{run['interrupts'][0]['code']}"


async def test_a_call_is_accepted_and_the_page_shows_what_came_of_it(
    open_page: Open, start: Start, did: Effects
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await open_page()
    await expect(page).to_have_title("(1) Inbox")
    await page.get_by_role("link", name=f"{run['interrupts'][0]['code']} write").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("write")
    await expect(page.get_by_role("region", name="Arguments")).to_contain_text("Dear Ada")
    await page.get_by_role("button", name="Accept", exact=True).click()
    await page.wait_for_url(f"**/inbox/runs/{run['run_id']}*")
    await expect(page.get_by_role("main")).to_contain_text("wrote Dear Ada")
    assert did.lines == ["wrote Dear Ada"]
