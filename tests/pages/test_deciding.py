"""Deciding on a page: each word, and that what was decided is what happens."""

import pytest
from playwright.async_api import Page, expect

from tests.conftest import Door
from tests.effects import Effects
from tests.pages.conftest import Open, Start, page_of

pytestmark = pytest.mark.anyio


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def test_a_call_is_accepted_from_the_list_and_followed_to_its_end(
    open_page: Open, start: Start, did: Effects
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await open_page()
    await expect(page).to_have_title("(1) Inbox")
    await page.get_by_role("link", name=f"{run['interrupts'][0]['code']} write", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("write")
    await expect(page.get_by_role("region", name="Arguments")).to_contain_text("Dear Ada")
    await expect(page.get_by_role("region", name="Conversation")).to_contain_text('call write {"text": "Dear Ada"}')
    await press(page, "Accept")
    await page.wait_for_url(f"**/inbox/runs/{run['run_id']}*")
    await expect(page.get_by_role("main")).to_contain_text("wrote Dear Ada")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("success")
    assert did.lines == ["wrote Dear Ada"]


async def test_a_reason_to_reject_reaches_the_model_and_nothing_is_done(
    open_page: Open, start: Start, door: Door, did: Effects
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await open_page(page_of(run))
    await page.get_by_label("Message", exact=True).fill("She moved away,\nask for her address")
    await press(page, "Reject")
    await page.wait_for_url("**/inbox/runs/*")
    ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert "She moved away,\nask for her address" in ended["answer"]
    assert did.lines == []


async def test_not_now_decides_nothing(open_page: Open, start: Start, door: Door) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    page = await open_page(page_of(run))
    await press(page, "Not now")
    await page.wait_for_url("**/inbox*")
    await expect(page.get_by_role("link", name=f"{run['interrupts'][0]['code']} write", exact=True)).to_be_visible()
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"


@pytest.mark.parametrize(
    ("field", "text", "answer"),
    [
        ("Message", "a better text", "a better text"),
        ("Answer", '{"better": [1, 2.5, null]}', {"better": [1, 2.5, None]}),
        ("Answer", "plain words", "plain words"),
        ("Answer", "null", None),
    ],
)
async def test_a_question_is_answered_by_a_message_or_any_json(
    open_page: Open, start: Start, door: Door, field: str, text: str, answer: object
) -> None:
    run = await start("asking", {"ask": {"question": "What instead?"}})
    page = await open_page(page_of(run))
    await page.get_by_label(field, exact=True).fill(text)
    await press(page, "Respond")
    await page.wait_for_url("**/inbox/runs/*")
    ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["output"]["answer"] == answer


async def test_a_text_is_revised_by_the_bundled_agent(open_page: Open, start: Start, door: Door) -> None:
    run = await start("revise_text", {"some_text": "The quick brown fox."})
    page = await open_page(page_of(run))
    await expect(page.get_by_role("main")).to_contain_text("The quick brown fox.")
    await page.get_by_label("Message", exact=True).fill("The slow brown fox.")
    await press(page, "Respond")
    await page.wait_for_url("**/inbox/runs/*")
    ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["output"]["some_text"] == "The slow brown fox."


async def test_an_answer_that_says_nothing_is_not_sent_on(open_page: Open, start: Start, door: Door) -> None:
    run = await start("asking", {"ask": "What instead?"})
    page = await open_page(page_of(run))
    await press(page, "Respond")
    await expect(page.get_by_role("alert")).to_be_visible()
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"


async def test_one_of_the_choices_is_picked(open_page: Open, start: Start, did: Effects) -> None:
    run = await start("offers", 'call visit {"day": "Monday"}')
    page = await open_page(page_of(run))
    await page.get_by_label("Choice", exact=True).select_option(label="11")
    await press(page, "Respond")
    await page.wait_for_url("**/inbox/runs/*")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("success")
    assert did.lines == ["visit Monday 11"]


async def test_what_is_of_high_risk_takes_its_code_and_nothing_typed_is_lost_without_it(
    open_page: Open, start: Start, door: Door, did: Effects
) -> None:
    run = await start("shop", 'call pay {"amount": 300}')
    code = run["interrupts"][0]["code"]
    page = await open_page()
    await expect(page.get_by_role("listitem").filter(has_text=f"{code} pay")).to_contain_text("high risk")
    await page.get_by_role("link", name=f"{code} pay", exact=True).click()
    await page.get_by_label("Message", exact=True).fill("as agreed")
    async with page.expect_response("**/decide") as answered:
        await press(page, "Accept")
    assert (await answered.value).status == 422
    await expect(page.get_by_role("alert")).to_contain_text(f"type {code} to confirm")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("as agreed")
    assert did.lines == []
    await page.get_by_label(f"Type {code} to confirm").fill(code.lower())
    await press(page, "Accept")
    await page.wait_for_url("**/inbox/runs/*")
    await expect(page.get_by_role("main")).to_contain_text("paid 300")
    assert did.lines == ["paid 300"]


async def test_an_unknown_outcome_stands_on_top_and_says_what_is_known(
    open_page: Open, start: Start, door: Door, did: Effects
) -> None:
    older = await start("shop", 'call write {"text": "waits longer"}')
    run = await start("shop", 'call send {"parcel": "books"}')
    page = await open_page(page_of(run))
    await press(page, "Accept")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("interrupted")
    again = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert again["status"] == "interrupted"
    await page.get_by_role("link", name="Inbox").first.click()
    first = page.get_by_role("main").get_by_role("listitem").first
    await expect(first).to_contain_text("outcome unknown")
    await expect(first.get_by_role("link").first).to_have_text(f"{again['interrupts'][0]['code']} send")
    await first.get_by_role("link").first.click()
    await expect(page.get_by_role("main")).to_contain_text("nobody knows whether it was done")
    await expect(page.get_by_role("main")).to_contain_text("the line went dead")
    await page.get_by_label("Answer", exact=True).fill("it arrived")
    await press(page, "Respond")
    await expect(page.get_by_role("main")).to_contain_text("it arrived")
    assert did.lines == ["sent books"]
    assert (await door.call("get_run", run_id=older["run_id"]))["status"] == "interrupted"


async def test_what_was_decided_says_who_decided_what_through_what_before_and_after(
    open_page: Open, start: Start
) -> None:
    run = await start("shop", 'call write {"text": "Dear Ada"}')
    code = run["interrupts"][0]["code"]
    page = await open_page(page_of(run))
    await press(page, "Edit")
    await page.get_by_label("text", exact=True).fill("Dear Bob")
    await press(page, "Send edit")
    await page.wait_for_url("**/inbox/runs/*")
    await page.get_by_role("navigation").get_by_role("link", name="Decided").click()
    line = page.get_by_role("listitem").filter(has_text=f"{code} write")
    await expect(line).to_contain_text("through inbox")
    await expect(line).to_contain_text("edit by ")
    await line.get_by_text("Before and after").click()
    await expect(line).to_contain_text('"Dear Ada"')
    await expect(line).to_contain_text('"Dear Bob"')
    other = await start("shop", 'call write {"text": "Dear Eve"}')
    await page.goto(page.url.replace("/inbox/decided", page_of(other)))
    history = page.get_by_role("region", name="History")
    await expect(history).to_contain_text("edit by ")
    await expect(history).to_contain_text("done")


async def test_the_list_is_filtered_by_agent_and_action(open_page: Open, start: Start) -> None:
    await start("shop", 'call write {"text": "one"}')
    await start("shop", 'call pay {"amount": 1}')
    await start("hotel", "Book the Ritz")
    page = await open_page()
    lines = page.get_by_role("main").get_by_role("listitem")
    await expect(lines).to_have_count(3)
    await page.get_by_label("Agent").select_option("shop")
    await press(page, "Filter")
    await expect(lines).to_have_count(2)
    await page.get_by_label("Action").select_option("pay")
    await press(page, "Filter")
    await expect(lines).to_have_count(1)
    await expect(lines).to_contain_text("pay")
