"""Pages that stay as things are now: what others decide, what comes to wait, and how a run goes on."""

from pathlib import Path

import pytest
from anyio.to_thread import run_sync
from playwright.async_api import expect

from tests.conftest import Door
from tests.effects import Effects
from tests.pages import signing_in
from tests.pages.asking import asked
from tests.pages.conftest import Open, Start, page_of
from tests.pages.windows import Windows
from tests.processes import over_stdio
from tests.terminals import Keys, reviewing

pytestmark = pytest.mark.anyio


async def test_of_two_people_the_later_one_is_told_who_decided_what(
    open_page: Open, start: Start, did: Effects
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    # Without scripts a page does not notice by itself.
    first, second = await open_page(page_of(run)), await open_page(page_of(run), java_script_enabled=False)
    await first.get_by_role("button", name="Reject", exact=True).click()
    await first.wait_for_url("**/inbox/runs/*")
    await second.get_by_role("button", name="Accept", exact=True).click()
    await expect(second.get_by_role("alert")).to_contain_text("decided before you did")
    await expect(second.get_by_role("article")).to_contain_text("reject by ")
    await expect(second.get_by_role("article")).to_contain_text("through inbox")
    assert did.lines == []


async def test_an_open_page_shows_what_another_window_decided_without_being_loaded_again(
    open_page: Open, start: Start
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    first, second = await open_page(page_of(run)), await open_page(page_of(run))
    await second.evaluate("window.stays = true")
    await first.get_by_role("button", name="Accept", exact=True).click()
    await expect(second.get_by_role("article")).to_contain_text("accept by ")
    await expect(second.get_by_role("button", name="Accept", exact=True)).to_have_count(0)
    assert await second.evaluate("window.stays")


def rejected(keys: Keys) -> None:
    keys.until("q quit: ")
    keys.type("r")
    keys.until("Reason")
    keys.type("too late")
    keys.until("Nothing else waits for a decision.")


@pytest.mark.posix
async def test_an_open_page_shows_what_was_decided_in_a_terminal(
    open_page: Open, start: Start, home: Path, world: dict[str, str]
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await open_page(page_of(run))
    with reviewing(home, run["interrupts"][0]["code"], **world) as keys:
        await run_sync(rejected, keys)
        await expect(page.get_by_role("article")).to_contain_text("through terminal")
        await expect(page.get_by_role("article")).to_contain_text("too late")


async def test_what_is_being_typed_stays_while_something_else_comes_to_wait(open_page: Open, start: Start) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await open_page(page_of(run))
    await page.get_by_label("Message", exact=True).fill("not yet")
    await start("shop", 'call write {"text": "Dear Bob"}')
    await expect(page.get_by_role("navigation")).to_contain_text("Inbox 2")
    await expect(page.get_by_role("link", name="Next")).to_be_visible()
    await expect(page.get_by_label("Message", exact=True)).to_have_value("not yet")


async def test_what_another_process_asks_comes_into_the_list_and_the_title(
    open_page: Open, home: Path, world: dict[str, str]
) -> None:
    page = await open_page()
    await expect(page).to_have_title("Inbox")
    await expect(page.get_by_role("main")).to_contain_text("Nothing waits for a decision.")
    await page.evaluate("window.stays = true")
    async with over_stdio(home, environ=world) as door:
        run = await asked(door, agent="shop", message='call write {"text": "Dear Ada"}')
        await expect(page).to_have_title("(1) Inbox")
        name = f"{run['interrupts'][0]['code']} write"
        await expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        await expect(page.get_by_role("status")).to_contain_text("1 waits for a decision.")
        await door.call("cancel_run", run_id=run["run_id"])
        await expect(page).to_have_title("Inbox")
    assert await page.evaluate("window.stays")


async def test_a_run_of_another_process_is_followed_to_its_end(
    open_page: Open, home: Path, world: dict[str, str], did: Effects
) -> None:
    async with over_stdio(home, environ=world) as door:
        run = await asked(door, agent="shop", message='call write {"text": "Dear Ada"}')
        page = await open_page(page_of(run))
        await page.get_by_role("button", name="Accept", exact=True).click()
        await page.wait_for_url("**/inbox/runs/*")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("success")
        await expect(page.get_by_role("region", name="Answer")).to_contain_text("wrote Dear Ada")
    assert did.lines == ["wrote Dear Ada"]


async def test_who_signs_out_decides_nothing_more_in_any_window_of_that_browser(
    start: Start, door: Door, windows: Windows, home: Path, world: dict[str, str]
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    # A sign-in of its own, since it ends for all who share it.
    page = await windows.open(await signing_in.link(home, **world))
    await page.wait_for_url("**/inbox")
    base = page.url.removesuffix("/inbox")
    other = await page.context.new_page()
    await other.goto(base + page_of(run))
    await page.goto(f"{base}/inbox/sessions")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Signed out")
    # It is told so, rather than left with buttons that do nothing.
    await expect(other.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"


async def test_more_windows_than_a_browser_opens_connections_are_all_told(open_page: Open, start: Start) -> None:
    first = await open_page("/inbox")
    others = [await first.context.new_page() for _ in range(8)]
    for other in others:
        await other.goto(first.url)
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    code = run["interrupts"][0]["code"]
    for window in (first, *others):
        await expect(window.get_by_role("link", name=f"{code} write")).to_be_visible()
    # Another one listens where that one is closed.
    await first.close()
    run = await start("shop", 'call write {"text": "Dear Bob"}')
    for window in others:
        await expect(window.get_by_role("link", name=f"{run['interrupts'][0]['code']} write")).to_be_visible()
