"""Several requests of one interrupt, together and apart, and alike interrupts of several runs in one go."""

import pytest
from playwright.async_api import Page, expect

from tests.conftest import Door
from tests.effects import Effects
from tests.pages.conftest import Open, Start, page_of

pytestmark = pytest.mark.anyio
TWO = "Refund 20 of order 1001 because it came late, and delete customer 3"


async def test_several_requests_are_accepted_together(open_page: Open, start: Start, door: Door) -> None:
    run = await start("desk", "Refund 1 of order 1001 because it came late, and refund 1 of order 1002 because of rain")
    page = await open_page(page_of(run))
    for place in ("Request 1 of 2", "Request 2 of 2"):
        await expect(page.get_by_role("article", name=place)).to_contain_text("refund_order")
    await page.get_by_role("button", name="Accept all").click()
    await page.wait_for_url("**/inbox/runs/*")
    ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert "Refunded 1.00 of order 1001." in ended["answer"]
    assert "Refunded 1.00 of order 1002." in ended["answer"]


async def test_several_requests_are_decided_apart_each_with_words_of_its_own(
    open_page: Open, start: Start, door: Door
) -> None:
    run = await start("desk", TWO)
    page = await open_page(page_of(run))
    first, second = (page.get_by_role("article", name=f"Request {number} of 2") for number in (1, 2))
    await second.get_by_label("Message", exact=True).fill("She comes back")
    await second.get_by_role("button", name="Reject", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("The run goes on once the rest is decided")
    await expect(second).to_contain_text("reject by ")
    await expect(second).to_contain_text("She comes back")
    await expect(second.get_by_role("button")).to_have_count(0)
    await first.get_by_role("button", name="Edit", exact=True).click()
    await first.get_by_label("amount", exact=True).fill("2.50")
    await first.get_by_role("button", name="Send edit").click()
    await page.wait_for_url("**/inbox/runs/*")
    ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert "Refunded 2.50 of order 1001." in ended["answer"]
    assert "She comes back" in ended["answer"]


async def tick(page: Page, code: str) -> None:
    await page.get_by_role("checkbox", name=code, exact=True).check()


async def test_alike_interrupts_of_several_runs_are_shown_and_decided_in_one_go(
    open_page: Open, start: Start, door: Door, did: Effects
) -> None:
    runs = [await start("shop", f'call write {{"text": "letter {number}"}}') for number in range(3)]
    codes = [run["interrupts"][0]["code"] for run in runs]
    page = await open_page(page_of(runs[0]))
    await page.get_by_role("link", name="2 others of the same kind").click()
    for number in range(3):
        await expect(page.get_by_role("main")).to_contain_text(f"letter {number}")
    await page.get_by_role("button", name="Accept the ticked ones").click()
    await expect(page.get_by_role("alert")).to_contain_text("nothing was decided")
    await tick(page, codes[0])
    await tick(page, codes[2])
    await page.get_by_role("button", name="Accept the ticked ones").click()
    await page.wait_for_url("**/inbox/decided")
    ended = [
        (await door.call("get_run", run_id=run["run_id"], wait_seconds=25))["status"] for run in (runs[0], runs[2])
    ]
    assert ended == ["success", "success"]
    assert (await door.call("get_run", run_id=runs[1]["run_id"]))["status"] == "interrupted"
    assert sorted(did) == ["wrote letter 0", "wrote letter 2"]


async def test_those_that_somebody_else_decided_meanwhile_are_told_of_and_the_others_are_decided(
    open_page: Open, start: Start, door: Door, did: Effects
) -> None:
    runs = [await start("shop", f'call write {{"text": "letter {number}"}}') for number in range(3)]
    codes = [run["interrupts"][0]["code"] for run in runs]
    mine, other = await open_page(f"/inbox/alike/{codes[0]}?all=1", java_script_enabled=False), await open_page()
    await other.goto(other.url.replace("/inbox", page_of(runs[0])))
    await other.get_by_role("button", name="Reject", exact=True).click()
    await other.wait_for_url("**/inbox/runs/*")
    await mine.get_by_role("button", name="Accept the ticked ones").click()
    await expect(mine.get_by_role("alert").first).to_contain_text("reject")
    for run in runs:
        assert (await door.call("get_run", run_id=run["run_id"], wait_seconds=25))["status"] == "success"
    assert sorted(did) == ["wrote letter 1", "wrote letter 2"]


async def test_those_of_high_risk_are_shown_but_decided_alone(open_page: Open, start: Start) -> None:
    runs = [await start("shop", f'call pay {{"amount": {number}}}') for number in (1, 2)]
    page = await open_page(f"/inbox/alike/{runs[0]['interrupts'][0]['code']}")
    await expect(page.get_by_role("checkbox")).to_have_count(0)
    await expect(page.get_by_role("main")).to_contain_text("is decided on its own page")
