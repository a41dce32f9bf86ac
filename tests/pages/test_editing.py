"""Editing on a page: in fields or as JSON, with types kept, and the changes before they are sent."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.effects import Effects
from tests.pages.conftest import Open, Start, page_of

pytestmark = pytest.mark.anyio
ARGS: dict[str, Any] = {
    "count": 3,
    "price": 2.5,
    "gift": True,
    "note": "two\nlines",
    "number": "007",
    "weight": 1.0,
    "voucher": None,
}


async def editing(open_page: Open, run: dict[str, Any], **options: Any) -> Page:
    page = await open_page(page_of(run), **options)
    await page.get_by_role("button", name="Edit", exact=True).click()
    await expect(page.get_by_role("button", name="Send edit")).to_be_visible()
    return page


async def sent(page: Page) -> None:
    await page.get_by_role("button", name="Send edit").click()
    await page.wait_for_url("**/inbox/runs/*")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("success")


def given(did: Effects) -> list[Any]:
    """What the order was made with, types and all."""
    (line,) = did.lines
    found: list[Any] = json.loads(line)
    return found


async def test_each_argument_has_a_field_and_all_that_is_left_alone_stays_as_it_was(
    open_page: Open, start: Start, did: Effects
) -> None:
    run = await start("shop", f"call order {json.dumps(ARGS)}")
    page = await editing(open_page, run)
    await expect(page.get_by_label("count", exact=True)).to_have_value("3")
    await expect(page.get_by_label("gift", exact=True)).to_be_checked()
    await expect(page.get_by_role("button", name="Show changes")).to_be_hidden()
    await expect(page.get_by_label("note", exact=True)).to_have_value("two\nlines")
    changes = page.get_by_role("region", name="Changes")
    await expect(changes).to_contain_text("Nothing is changed")
    await page.get_by_label("count", exact=True).fill("4")
    await expect(changes).to_contain_text('-  "count": 3')
    await expect(changes).to_contain_text('+  "count": 4')
    await sent(page)
    assert given(did) == [4, 2.5, True, "two\nlines", "007", 1.0, None]
    assert [type(each) for each in given(did)] == [int, float, bool, str, str, float, type(None)]


async def test_changed_fields_keep_their_types(open_page: Open, start: Start, did: Effects) -> None:
    run = await start("shop", f"call order {json.dumps(ARGS)}")
    page = await editing(open_page, run)
    await page.get_by_label("price", exact=True).fill("7.25")
    await page.get_by_label("gift", exact=True).uncheck()
    await page.get_by_label("note", exact=True).fill("now\nthree\nlines")
    await page.get_by_label("number", exact=True).fill("1e3")
    await page.get_by_label("voucher", exact=True).fill("12")
    await sent(page)
    assert given(did) == [3, 7.25, False, "now\nthree\nlines", "1e3", 1.0, 12]


async def test_what_is_no_plain_value_is_edited_as_json(open_page: Open, start: Start, did: Effects) -> None:
    run = await start("shop", 'call pack {"size": 2, "parts": ["a", "b"]}')
    page = await editing(open_page, run)
    await page.get_by_label("Arguments as JSON").fill('{"size": 2, "parts": ["a", "c", "ü"]}')
    await expect(page.get_by_role("region", name="Changes")).to_contain_text('"c"')
    await sent(page)
    assert did.lines == ['packed [2, ["a", "c", "\\u00fc"]]']


async def test_what_cannot_be_taken_is_said_and_nothing_that_was_typed_is_lost(
    open_page: Open, start: Start, did: Effects
) -> None:
    run = await start("shop", f"call order {json.dumps(ARGS)}")
    page = await editing(open_page, run)
    await page.get_by_label("count", exact=True).fill("many")
    await page.get_by_label("gift", exact=True).uncheck()
    await page.get_by_label("note", exact=True).fill("kept <b>as it is</b>")
    async with page.expect_response("**/decide") as answered:
        await page.get_by_role("button", name="Send edit").click()
    assert (await answered.value).status == 422
    await expect(page.get_by_role("alert")).to_contain_text("count")
    await expect(page.get_by_label("count", exact=True)).to_have_value("many")
    await expect(page.get_by_label("gift", exact=True)).not_to_be_checked()
    await expect(page.get_by_label("note", exact=True)).to_have_value("kept <b>as it is</b>")
    assert did.lines == []
    await page.get_by_label("count", exact=True).fill("5")
    await sent(page)
    assert given(did)[:4] == [5, 2.5, False, "kept <b>as it is</b>"]


async def test_an_edit_of_high_risk_takes_the_code(open_page: Open, start: Start, did: Effects) -> None:
    run = await start("shop", 'call pay {"amount": 300}')
    code = run["interrupts"][0]["code"]
    page = await editing(open_page, run)
    await page.get_by_label("amount", exact=True).fill("30")
    await page.get_by_role("button", name="Send edit").click()
    await expect(page.get_by_role("alert")).to_contain_text(f"type {code} to confirm")
    await expect(page.get_by_label("amount", exact=True)).to_have_value("30")
    await page.get_by_label(f"Type {code} to confirm").fill(code)
    await sent(page)
    assert did.lines == ["paid 30"]


async def test_without_javascript_a_button_shows_the_changes(open_page: Open, start: Start, did: Effects) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await editing(open_page, run, java_script_enabled=False)
    await page.get_by_label("text", exact=True).fill("Dear Bob")
    await page.get_by_role("button", name="Show changes").click()
    await expect(page.get_by_role("region", name="Changes")).to_contain_text("Dear Bob")
    await expect(page.get_by_label("text", exact=True)).to_have_value("Dear Bob")
    await sent(page)
    assert did.lines == ["wrote Dear Bob"]
