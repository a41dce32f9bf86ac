"""What axe finds on each page, light and dark: nothing serious, and nothing critical."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.pages.conftest import Open, Start, page_of

pytestmark = pytest.mark.anyio
_GRAVE = ("serious", "critical")


async def grave(page: Page) -> list[str]:
    """What axe holds against the page, with where it is."""
    found = await Axe().run(page)
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found.response["violations"]
        if each["impact"] in _GRAVE
        for node in each["nodes"]
    ]


@pytest.fixture(params=["light", "dark"])
async def page(open_page: Open, request: pytest.FixtureRequest) -> Page:
    return await open_page(color_scheme=request.param)


def base(page: Page) -> str:
    return page.url.partition("/inbox")[0]


async def test_nothing_grave_is_found_where_nothing_waits(page: Page) -> None:
    await expect(page.get_by_role("main")).to_contain_text("Nothing waits for a decision.")
    assert await grave(page) == []


async def test_nothing_grave_is_found_on_the_way_of_a_decision(page: Page, start: Start) -> None:
    risky = await start("shop", 'call pay {"amount": 300}')
    await start("shop", 'call write {"text": "Dear Ada"}')
    several = await start("desk", "Refund 1 of order 1001 because it came late, and delete customer 3")
    question = await start("offers", 'call visit {"day": "Monday"}')
    found: dict[str, Any] = {}
    paths = ["/inbox", "/inbox?agent=shop", *map(page_of, (risky, several, question)), f"{page_of(risky)}?edit=0"]
    for path in (*paths, f"/inbox/runs/{risky['run_id']}", f"/inbox/threads/{several['thread_id']}"):
        await page.goto(base(page) + path)
        found[path] = await grave(page)
    run = await start("shop", 'call write {"text": "Dear Bob"}')
    await page.goto(f"{base(page)}/inbox/alike/{run['interrupts'][0]['code']}")
    found["alike"] = await grave(page)
    await page.goto(base(page) + page_of(run))
    await page.get_by_role("button", name="Edit", exact=True).click()
    await page.get_by_label("text", exact=True).fill("Dear Eve")
    await expect(page.get_by_role("region", name="Changes")).to_contain_text("Dear Eve")
    found["changes"] = await grave(page)
    await page.get_by_role("button", name="Send edit").click()
    await page.wait_for_url("**/inbox/runs/*")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("success")
    found["run"] = await grave(page)
    for path in ("/inbox/decided", "/inbox/runs", "/inbox/sessions", "/inbox/nothing", page_of(run)):
        await page.goto(base(page) + path)
        await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        found[path] = await grave(page)
    assert {path: each for path, each in found.items() if each} == {}


async def test_nothing_grave_is_found_among_the_keys(page: Page) -> None:
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert await grave(page) == []


async def test_nothing_grave_is_found_where_somebody_signs_in(page: Page) -> None:
    inbox = f"{base(page)}/inbox"
    # An open page that notices that its session ended goes there by itself, at any moment.
    await page.goto("about:blank")
    await page.context.clear_cookies()
    await page.goto(inbox)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert await grave(page) == []
    await page.get_by_label("One-time code").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await grave(page) == []
