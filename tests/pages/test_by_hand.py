"""A run's whole path by keyboard alone, without JavaScript, on a phone, and in the dark."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.conftest import Door
from tests.effects import Effects
from tests.pages.conftest import Open, Start, page_of

pytestmark = pytest.mark.anyio
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
_FOCUSED = "document.activeElement.textContent.trim()"


async def decided(door: Door, run: dict[str, Any]) -> str:
    return str((await door.call("get_run", run_id=run["run_id"], wait_seconds=25))["status"])


async def focused(page: Page) -> str:
    return str(await page.evaluate(_FOCUSED))


async def test_by_keyboard_alone_a_run_is_chosen_opened_and_accepted(
    open_page: Open, start: Start, door: Door, did: Effects
) -> None:
    first = await start("shop", 'call write {"text": "first"}')
    second = await start("shop", 'call write {"text": "second"}')
    page = await open_page()
    for key in "jjk":
        await page.keyboard.press(key)
    assert await focused(page) == f"{first['interrupts'][0]['code']} write"
    await page.keyboard.press("j")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/{second['interrupts'][0]['interrupt_id']}")
    assert await focused(page) != "Accept"
    await page.keyboard.press("a")
    await page.wait_for_url(f"**/inbox/runs/{second['run_id']}*")
    assert await decided(door, second) == "success"
    assert did.lines == ["wrote second"]
    assert await decided(door, first) == "interrupted"


async def test_keys_edit_write_a_reason_reject_go_on_to_the_next_and_back_to_the_list(
    open_page: Open, start: Start, door: Door, did: Effects
) -> None:
    first = await start("shop", 'call write {"text": "first"}')
    second = await start("shop", 'call write {"text": "second"}')
    page = await open_page(page_of(first))
    await page.keyboard.press("j")
    await page.wait_for_url(f"**/{second['interrupts'][0]['code']}")
    await page.keyboard.press("k")
    await page.wait_for_url(f"**/{first['interrupts'][0]['code']}")
    await page.keyboard.press("e")
    await page.wait_for_url("**?edit=0")
    await page.get_by_label("text", exact=True).focus()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("are keys: a, r and ?")
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name="Send edit").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/inbox/runs/*")
    assert await decided(door, first) == "success"
    await page.goto(page.url.partition("/inbox/")[0] + page_of(second))
    await page.keyboard.press("m")
    await page.keyboard.type("not needed")
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.wait_for_url("**/inbox/runs/*")
    ended = await door.call("get_run", run_id=second["run_id"], wait_seconds=25)
    assert "not needed" in ended["answer"]
    assert did.lines == ["wrote are keys: a, r and ?"]


async def test_what_is_focused_is_not_behind_the_bar_of_buttons(open_page: Open, start: Start) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await open_page(f"{page_of(run)}?edit=0", viewport={"width": 1000, "height": 500})
    for field in (page.get_by_label("text", exact=True), page.get_by_label("Message", exact=True)):
        await field.focus()
        covered = await field.evaluate(
            """(field) => {
                const bar = document.querySelector(".bar").getBoundingClientRect();
                return field.getBoundingClientRect().bottom > bar.top && field.getBoundingClientRect().top < bar.bottom;
            }"""
        )
        assert not covered


async def test_the_key_for_an_answer_goes_to_its_field_first_and_then_sends_it(
    open_page: Open, start: Start, door: Door
) -> None:
    run = await start("asking", {"ask": "What instead?"})
    page = await open_page(page_of(run))
    await page.keyboard.press("p")
    await expect(page.get_by_label("Answer", exact=True)).to_be_focused()
    await page.keyboard.type("42")
    await page.keyboard.press("Escape")
    await page.keyboard.press("p")
    await page.wait_for_url("**/inbox/runs/*")
    ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["output"]["answer"] == 42


async def test_the_key_to_accept_goes_to_the_code_where_that_is_to_be_typed(
    open_page: Open, start: Start, did: Effects
) -> None:
    run = await start("shop", 'call pay {"amount": 300}')
    code = run["interrupts"][0]["code"]
    page = await open_page(page_of(run))
    await page.keyboard.press("a")
    await expect(page.get_by_label(f"Type {code} to confirm")).to_be_focused()
    await page.keyboard.type(code)
    await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await page.wait_for_url("**/inbox/runs/*")
    await expect(page.get_by_role("main")).to_contain_text("paid 300")
    assert did.lines == ["paid 300"]


async def test_a_question_mark_shows_the_keys_which_do_nothing_meanwhile(
    open_page: Open, start: Start, door: Door
) -> None:
    run = await start("shop", 'call write {"text": "first"}')
    page = await open_page(page_of(run))
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    await expect(keys).to_be_visible()
    await page.keyboard.press("a")
    await page.keyboard.press("Escape")
    await expect(keys).not_to_be_visible()
    assert await decided(door, run) == "interrupted"


async def test_enter_in_a_field_decides_nothing(open_page: Open, start: Start, door: Door) -> None:
    run = await start("shop", 'call pay {"amount": 300}')
    page = await open_page(page_of(run))
    code = page.get_by_label(f"Type {run['interrupts'][0]['code']} to confirm")
    await code.fill(run["interrupts"][0]["code"])
    await code.press("Enter")
    await page.reload()
    await expect(page.get_by_role("button", name="Accept", exact=True)).to_be_visible()
    assert await decided(door, run) == "interrupted"


async def test_without_javascript_a_run_is_found_edited_and_followed(
    open_page: Open, start: Start, door: Door, did: Effects
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await open_page(java_script_enabled=False)
    await expect(page).to_have_title("(1) Inbox")
    await page.get_by_role("link", name=f"{run['interrupts'][0]['code']} write", exact=True).click()
    await page.get_by_role("button", name="Edit", exact=True).click()
    await page.get_by_label("text", exact=True).fill("Dear Bob")
    await page.get_by_role("button", name="Send edit").click()
    await page.wait_for_url("**/inbox/runs/*")
    await expect(page.get_by_role("main")).to_contain_text("wrote Dear Bob")
    assert did.lines == ["wrote Dear Bob"]


async def small_targets(page: Page) -> list[str]:
    """Buttons and fields that a thumb would miss."""
    found: list[str] = await page.evaluate(
        """[...document.querySelectorAll(`main button, main .button, main input:not([type=hidden]):not([type=checkbox]),
             main textarea, main select, main summary, nav a, main .crumbs a, main .items .line a`)]
           .filter((each) => each.offsetParent !== null && each.getBoundingClientRect().height < 44)
           .map((each) => `${each.tagName} ${each.textContent.trim() || each.name}`)"""
    )
    return found


async def test_on_a_phone_nothing_is_wider_than_the_screen_and_what_is_pressed_is_large(
    open_page: Open, start: Start, did: Effects
) -> None:
    words = "long" * 300
    run = await start("shop", f'call write {{"text": "Dear Ada {words}"}}')
    await start("desk", "Refund 20 of order 1001 because it came late, and message ada@example.com: Sorry!")
    page = await open_page(**PHONE)
    await fits_a_phone(page)
    await page.get_by_role("link", name=f"{run['interrupts'][0]['code']} write", exact=True).tap()
    await expect(page.get_by_role("button", name="Accept", exact=True)).to_be_in_viewport()
    await fits_a_phone(page)
    await page.get_by_role("button", name="Edit", exact=True).tap()
    await expect(page.get_by_role("button", name="Send edit")).to_be_in_viewport()
    await fits_a_phone(page)
    await page.get_by_label("text", exact=True).fill("Dear Bob")
    await page.get_by_role("button", name="Send edit").tap()
    await page.wait_for_url("**/inbox/runs/*")
    await expect(page.get_by_role("main")).to_contain_text("wrote Dear Bob")
    await fits_a_phone(page)
    base = page.url.partition("/inbox/")[0]
    for path in ("/inbox/decided", "/inbox/runs", "/inbox/sessions", f"/inbox/threads/{run['thread_id']}"):
        await page.goto(base + path)
        await fits_a_phone(page)
    assert did.lines == ["wrote Dear Bob"]


async def fits_a_phone(page: Page) -> None:
    """Nothing is wider than the screen, and what is pressed is large."""
    await page.wait_for_load_state()
    content, screen = await page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert content <= screen, page.url
    assert await small_targets(page) == [], page.url


@pytest.mark.parametrize(("scheme", "light"), [("light", True), ("dark", False)])
async def test_the_page_is_light_or_dark_as_the_person_has_it(
    open_page: Open, start: Start, scheme: str, light: bool
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await open_page(page_of(run), color_scheme=scheme)
    colours = await page.evaluate(
        "['backgroundColor', 'color'].map((each) => getComputedStyle(document.documentElement)[each])"
    )
    ground, text = (sum(int(part) for part in each[4:-1].split(",")) for each in colours)
    assert (ground > text) is light
