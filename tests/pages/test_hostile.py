"""Agents and models that want the page to be something else: what they say is shown, and does nothing."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.conftest import Door
from tests.effects import Effects
from tests.pages.conftest import Open, Start, page_of

pytestmark = pytest.mark.anyio
MARKUP = (
    "<script>alert(1)</script><img src=//evil.example/x onerror=alert(1)></textarea></pre><h1>Approved</h1>{{ 7*7 }}"
)
BIDI = "pay \u202eevil\u202c \u2066x\u2069\u200b\x1b[31m\x00end"


def asked(action: str, args: dict[str, Any], description: str = "") -> dict[str, Any]:
    """An agent's question in the shape of Agent Inbox, about any action."""
    allowed = {"allow_accept": True, "allow_edit": True, "allow_respond": True, "allow_ignore": True}
    request = {"action_request": {"action": action, "args": args}, "config": allowed, "description": description}
    return {"ask": [request]}


async def stays_ours(page: Page) -> None:
    """Nothing that an agent said became an element."""
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)
    for selector in ("main img", "main script", "main iframe", "main a[href^='javascript']", "main [onerror]"):
        await expect(page.locator(selector)).to_have_count(0)


async def test_markup_is_shown_as_text_on_every_page(open_page: Open, start: Start, door: Door) -> None:
    ask = asked(MARKUP, {"text": MARKUP, f"name{MARKUP}": [MARKUP, {"deep": MARKUP}]}, MARKUP)
    run = await start("markup", ask)
    base = (await open_page()).url.removesuffix("/inbox")
    page = await open_page(page_of(run))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("<script>alert(1)</script>")
    await stays_ours(page)
    await page.get_by_role("button", name="Edit", exact=True).click()
    await expect(page.get_by_label("text", exact=True)).to_have_value(MARKUP)
    await page.get_by_label("text", exact=True).fill(f"{MARKUP}!")
    await expect(page.get_by_role("region", name="Changes")).to_contain_text("</h1>{{ 7*7 }}!")
    await stays_ours(page)
    await page.get_by_label("Message", exact=True).fill(MARKUP)
    await page.get_by_role("button", name="Send edit").click()
    await page.wait_for_url("**/inbox/runs/*")
    await stays_ours(page)
    other = await start("shop", f"call write {json.dumps({'text': MARKUP})}")
    paths = [
        "/inbox",
        page_of(other),
        f"/inbox/alike/{other['interrupts'][0]['code']}",
        "/inbox/decided",
        "/inbox/runs",
    ]
    for path in (*paths, f"/inbox/threads/{run['thread_id']}", f"/inbox/threads/{other['thread_id']}"):
        await page.goto(base + path)
        await stays_ours(page)


async def test_characters_that_hide_or_turn_text_around_are_shown(open_page: Open, start: Start) -> None:
    run = await start("asking", asked("transfer", {"to": BIDI}, BIDI))
    page = await open_page(page_of(run))
    text = await page.get_by_role("main").inner_text()
    for hidden in "\u202e\u202c\u2066\u2069\u200b\x1b\x00":
        assert hidden not in text
    assert "202e" in text.lower()


async def test_a_megabyte_of_text_is_folded_and_whole_and_decided_like_any(
    open_page: Open, start: Start, did: Effects
) -> None:
    letter = "word " * 200_000 + "the end"
    run = await start("shop", f"call write {json.dumps({'text': letter})}")
    page = await open_page(page_of(run))
    arguments = page.get_by_role("region", name="Arguments")
    await expect(arguments.get_by_text("1,000,007 characters")).to_be_visible()
    await expect(page.get_by_role("button", name="Accept", exact=True)).to_be_visible()
    await arguments.get_by_text("1,000,007 characters").click()
    assert (await arguments.locator("pre").inner_text()).strip().endswith("the end")
    await page.get_by_role("button", name="Accept", exact=True).click()
    await page.wait_for_url("**/inbox/runs/*")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("success")
    assert did.lines == [f"wrote {letter}"]


async def test_five_thousand_arguments_are_all_there_and_are_edited_as_json(
    open_page: Open, start: Start, door: Door
) -> None:
    args = {f"argument_{number}": number for number in range(5_000)}
    run = await start("asking", asked("many", args))
    page = await open_page(page_of(run))
    await expect(page.get_by_role("row")).to_have_count(5_001)
    await page.get_by_role("button", name="Edit", exact=True).click()
    field = page.get_by_label("Arguments as JSON")
    assert json.loads(await field.input_value()) == args
    # On one line: a browser takes long to type thousands.
    await field.fill(json.dumps({**args, "argument_4999": "last"}))
    await expect(page.get_by_role("region", name="Changes")).to_contain_text('"last"')
    await page.get_by_role("button", name="Send edit").click()
    await page.wait_for_url("**/inbox/runs/*")
    ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["status"] == "success"
    await page.goto(page.url.partition("/inbox/")[0] + page_of(run))
    await expect(page.get_by_role("article")).to_contain_text("edit by ")


async def test_what_no_page_has_and_what_is_no_code_is_told_plainly(open_page: Open) -> None:
    page = await open_page("/inbox/interrupts/%3Cscript%3Ealert(1)")
    await expect(page.get_by_role("main")).to_contain_text("There is no interrupt")
    await stays_ours(page)
