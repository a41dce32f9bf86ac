"""Pages of two projects that are mounted in one application, in one browser."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.guides.hosts import hosted, lay_out
from tests.pages import signing_in
from tests.pages.asking import asked
from tests.pages.windows import Windows
from tests.processes import over_http

pytestmark = pytest.mark.anyio


async def test_a_page_of_each_project_is_signed_in_by_a_link_stays_as_things_are_and_decides(
    windows: Windows, tmp_path: Path
) -> None:
    lay_out(tmp_path)
    with hosted(tmp_path, "tests.guides.shared:app", INTERRUPT_MCP_APPROVER="human") as host:
        page = await windows.open()
        pages = {"one": page, "other": await page.context.new_page()}
        for name, page in pages.items():
            async with over_http(f"{host.base}/{name}/mcp") as door:
                # From its first question on it is known to other processes that this one serves the pages.
                await asked(door, agent="asks", message="Hello")
            config = str(tmp_path / name / "langgraph.json")
            await page.goto(await signing_in.link(tmp_path, INTERRUPT_MCP_CONFIG=config))
            await page.wait_for_url(f"{host.base}/{name}/inbox")
            await page.evaluate("window.stays = true")
        # Each project has a window that hears what changes there.
        held = {each["name"] for each in (await page.evaluate("navigator.locks.query()"))["held"]}
        assert held == {f"/{name}/inbox/events" for name in pages}
        for name, page in reversed(pages.items()):
            await expect(page.locator("[data-item]")).to_have_count(1)
            async with over_http(f"{host.base}/{name}/mcp") as door:
                await asked(door, agent="asks", message="Hello")
            await expect(page.locator("[data-item]")).to_have_count(2)
            assert await page.evaluate("window.stays")
        for name, page in pages.items():
            await page.locator("[data-item] a").first.click()
            await page.get_by_label("message").fill("this")
            await page.get_by_role("button", name="Respond", exact=True).click()
            await page.wait_for_url(f"{host.base}/{name}/inbox/runs/*")
            await expect(page.get_by_role("main")).to_contain_text(f"{name} heard this")
