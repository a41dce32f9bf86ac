"""The page of a thread: its timeline with branches, going on from an older checkpoint, and copies."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from interrupt_mcp.authority import this_user
from tests.conftest import Door
from tests.ledger import Ledger
from tests.pages.reading import Element, Page
from tests.pages.signed_in import Visitor, accepted, ended
from tests.projects import offering

pytestmark = pytest.mark.anyio
_BUNDLED = {name: f"interrupt_mcp_agents.{name}:graph" for name in ("hotel", "revise_text")}
_POLICY = """
[agents.kept.tools.other]
channels = ["terminal"]
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's server runs, and its project is; the agent `kept` is one that policy keeps from the pages."""
    home = tmp_path_factory.mktemp("threads")
    named = {"kept": "small:asking", "slow": "tests.waiting:graph", **_BUNDLED}
    offering(home, Path(__file__).with_name("agents"), "small:asking", "small:walking", policy=_POLICY, **named)
    return home


@pytest.fixture(scope="module")
def world(world: dict[str, str], home: Path) -> dict[str, str]:
    return {**world, "GO": str(home / "go")}


def rows(page: Page) -> list[Element]:
    """Return the checkpoints of the timeline, newest first."""
    timeline = page.region("Timeline")
    return [each for each in timeline.found("li") if each.attributes.get("id", "").startswith("c-")]


def depths(page: Page) -> list[int]:
    """Return how far aside each of them stands."""
    return [sum(each.attributes.get("class") == "lane" for each in row.found("span")) for row in rows(page)]


async def thread_page(ann: Visitor, run: dict[str, Any]) -> Page:
    return await ann.open(f"/inbox/threads/{run['thread_id']}")


async def booked(ann: Visitor, door: Door) -> dict[str, Any]:
    """Return a run that booked the Ritz, accepted on its page."""
    run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    await accepted(ann, run)
    return await ended(door, run["run_id"])


async def going_back(ann: Visitor, run: dict[str, Any], to: str) -> Page:
    """Return the page that asks whether to go on from the newest checkpoint before that node."""
    page = await thread_page(ann, run)
    at = next(number for number, row in enumerate(rows(page)) if f"→ {to} " in row.text)
    return await ann.press(page, "Go on from here", at)


async def test_a_thread_shows_what_was_said_asked_decided_and_done(ann: Visitor, door: Door) -> None:
    run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    code = run["interrupts"][0]["code"]
    waiting = await thread_page(ann, run)
    assert "It stands before tools." in waiting.root.text
    assert f"waits for {code}" in waiting.root.text
    await accepted(ann, run)
    await ended(door, run["run_id"])
    page = await thread_page(ann, run)
    checkpoints = (await door.call("get_thread", thread_id=run["thread_id"], limit=100))["checkpoints"]
    assert "It stands at its end." in page.root.text
    said = page.region("Conversation").text
    assert said.index("Book the Ritz") < said.index("calls book_hotel") < said.index("Successfully booked")
    assert [row.attributes["id"] for row in rows(page)] == [f"c-{each['checkpoint_id']}" for each in checkpoints]
    assert ["here" in [badge.text for badge in row.found("span")] for row in rows(page)] == [True, *[False] * 4]
    (tools,) = [row.text for row in rows(page) if "→ tools" in row.text]
    assert f"asked {code} book_hotel applied" in tools
    assert "accept by" in tools
    assert "book_hotel done" in tools
    assert "tools wrote messages" in tools
    assert page.has_region("Diagram")
    assert page.has_region("State")


async def test_going_on_from_a_checkpoint_shows_what_was_done_since_and_asks_again(
    ann: Visitor, door: Door, ledger: Ledger
) -> None:
    run = await booked(ann, door)
    question = await going_back(ann, run, "tools")
    assert "before tools" in question.heading
    done = question.region("What was done").text
    assert "book_hotel done" in done
    assert "Successfully booked a stay at Ritz." in done
    assert "What was approved after this point does not count: it is asked again." in question.root.text
    went_on = await ann.press(question, "Go on from here")
    new_id = went_on.path.removeprefix("/inbox/runs/")
    assert new_id != run["run_id"]
    new = await ended(door, new_id)
    assert new["status"] == "interrupted"
    page = await ann.open(f"/inbox/runs/{new_id}")
    left = page.region("Done before, on the branch that was left").text
    assert "hotel_name text Ritz" in left
    assert "begun by" in page.root.text
    assert f"begun by {this_user().principal}" in page.root.text
    await accepted(ann, new)
    await ended(door, new_id)
    timeline = await thread_page(ann, run)
    assert ledger.bookings == ["Ritz", "Ritz"]
    # Since the second booking: the end, before the model, before the tools. What was left: the same, aside.
    texts = [row.text for row in rows(timeline)]
    assert depths(timeline) == [0, 0, 0, 1, 1, 0, 0, 0]
    assert "Branch 2 went on from step 1 below." in texts[2]
    assert ["branch 1" in text for text in texts] == [False, False, False, True, True, True, True, True]


async def test_a_branch_of_a_branch_that_was_left_stands_further_aside(ann: Visitor, door: Door) -> None:
    run = await door.call("start_run", agent="asking", input={"text": "one"})
    await accepted_with(ann, run, "first")
    await ended(door, run["run_id"])
    for word in ("second", "third"):
        question = await going_back(ann, run, "ask" if word == "second" else "__start__")
        new = await ended(door, (await ann.press(question, "Go on from here")).path.rpartition("/")[2])
        await accepted_with(ann, new, word)
        await ended(door, new["run_id"])
    page = await thread_page(ann, run)
    # The third branch left before the first step; the second left the first after it.
    assert depths(page) == sorted(depths(page)[:2]) + depths(page)[2:]
    assert max(depths(page)) == 2
    assert depths(page)[0] == depths(page)[-1] == 0
    assert [f"branch {number}" in page.region("Timeline").text for number in (1, 2, 3)] == [True] * 3


async def accepted_with(ann: Visitor, run: dict[str, Any], word: str) -> None:
    """Answer what the run asks, on its page."""
    asked = await ann.open(f"/inbox/interrupts/{run['interrupts'][0]['interrupt_id']}")
    await ann.press(asked, "Respond", value_json=word)


async def test_a_run_that_waits_is_named_before_it_is_cancelled_by_going_back(ann: Visitor, door: Door) -> None:
    run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    code = run["interrupts"][0]["code"]
    question = await going_back(ann, run, "model")
    assert f"{code} book_hotel" in question.root.text
    assert "It is cancelled, and this is no longer asked" in question.root.text
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"
    await ann.press(question, "Go on from here")
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "cancelled"


async def test_nothing_happens_where_the_thread_went_on_since_the_page_was_loaded(ann: Visitor, door: Door) -> None:
    run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    question = await going_back(ann, run, "tools")
    assert question.region("What was done").text.endswith("Nothing is on record.")
    await accepted(ann, run)
    await ended(door, run["run_id"])
    typed = '{"messages": []}'
    refused = await ann.press(question, "Go on from here", values=typed)
    assert refused.status == 409
    assert "It went on since this page was loaded. Nothing was done" in refused.alert
    assert refused.form("Go on from here").fields["values"].strip() == typed
    assert "book_hotel done" in refused.region("What was done").text
    assert len((await door.call("list_runs", thread_id=run["thread_id"]))["runs"]) == 1
    # What is shown by now can be agreed to.
    agreed = await ann.press(refused, "Go on from here", values="")
    assert agreed.path.startswith("/inbox/runs/")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('{"text": ', "The state to merge is not JSON"),
        ("[1]", "The state to merge is not a JSON object"),
        ('{"text": NaN}', "NaN is no number of JSON's"),
        ("[" * 100_000, "The state to merge is not JSON"),
        ('{"other": 1}', "other"),
    ],
)
async def test_a_state_that_cannot_be_merged_changes_nothing_and_is_kept_to_be_corrected(
    ann: Visitor, door: Door, typed: str, said: str
) -> None:
    run = await door.call("start_run", agent="asking", input={"text": "one"})
    question = await going_back(ann, run, "ask")
    refused = await ann.press(question, "Go on from here", values=typed)
    assert refused.status == 422
    assert said in refused.alert
    assert "Nothing was done." in refused.alert
    assert refused.form("Go on from here").fields["values"] == typed
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"


async def test_an_edited_state_is_what_the_run_goes_on_with(ann: Visitor, door: Door) -> None:
    run = await door.call("start_run", agent="asking", input={"text": "one"})
    question = await going_back(ann, run, "ask")
    typed = json.dumps({"text": 'two "quoted"\nand é'})
    went_on = await ann.press(question, "Go on from here", values=typed)
    new = await ended(door, went_on.path.rpartition("/")[2])
    assert new["interrupts"][0]["value"] == {"text": 'two "quoted"\nand é'}


async def test_policy_that_keeps_an_action_from_the_pages_keeps_edited_states_from_them_too(
    ann: Visitor, door: Door
) -> None:
    run = await door.call("start_run", agent="kept", input={"text": "one"})
    question = await going_back(ann, run, "ask")
    refused = await ann.press(question, "Go on from here", values='{"text": "two"}')
    assert refused.status == 403
    assert "could stand in for a decision" in refused.alert
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"


async def test_a_thread_on_which_a_run_goes_on_is_left_alone(ann: Visitor, door: Door, home: Path) -> None:
    go = home / "go"
    run = await door.call("start_run", agent="slow", message="go", wait_seconds=0)
    with anyio.fail_after(60):
        while "→ wait" not in (await thread_page(ann, run)).region("Timeline").text:
            await anyio.sleep(0.01)
    question = await going_back(ann, run, "wait")
    assert "goes on on this thread" in question.root.text
    refused = await ann.press(question, "Go on from here")
    assert refused.status == 409
    assert refused.alert.endswith("Nothing was done.")
    page = await ann.open(f"/inbox/runs/{run['run_id']}")
    assert "wait runs now." in page.root.text
    go.touch()
    assert (await ended(door, run["run_id"]))["status"] == "success"


async def test_a_copy_has_the_history_up_to_there_and_the_original_stays(
    ann: Visitor, door: Door, ledger: Ledger
) -> None:
    run = await booked(ann, door)
    page = await thread_page(ann, run)
    at = next(number for number, row in enumerate(rows(page)) if "→ tools " in row.text)
    copy = await ann.press(page, "Copy up to here", at)
    copy_id = copy.path.removeprefix("/inbox/threads/")
    assert copy_id != run["thread_id"]
    assert "It stands before tools." in copy.root.text
    assert len(rows(copy)) < len(rows(page))
    assert len(rows(await thread_page(ann, run))) == len(rows(page))
    question = await ann.press(copy, "Go on from here")
    asked = await ended(door, (await ann.press(question, "Go on from here")).path.rpartition("/")[2])
    assert (asked["thread_id"], asked["status"]) == (copy_id, "interrupted")
    assert ledger.bookings == ["Ritz"]


async def test_older_checkpoints_are_on_the_next_page(ann: Visitor, door: Door) -> None:
    run = await door.call("start_run", agent="walking", input={"steps": []})
    await door.call("start_run", agent="walking", input={"steps": []}, thread_id=run["thread_id"])
    checkpoints = (await door.call("get_thread", thread_id=run["thread_id"], limit=100))["checkpoints"]
    first = await thread_page(ann, run)
    second = await ann.open(first.root.link("Older ones"))
    found = [row.attributes["id"] for page in (first, second) for row in rows(page)]
    assert found == [f"c-{each['checkpoint_id']}" for each in checkpoints]
    assert depths(first) + depths(second) == [0] * len(found)
    assert not second.root.found("a", "Older ones")
    assert second.root.link("From the newest.") == f"/inbox/threads/{run['thread_id']}"


@pytest.mark.parametrize("name", ["..", "../sessions", "a/b//c", "?x=1&y#z", "<b>\u202e א 5", "%2e%2e"])
async def test_a_thread_is_found_under_whatever_name_it_has(ann: Visitor, door: Door, name: str) -> None:
    run = await door.call("start_run", agent="revise_text", input={"some_text": "Hello"}, thread_id=name)
    listed = await ann.open(f"/inbox/runs/{run['run_id']}")
    (link,) = {e.attributes["href"] for e in listed.root.found("a") if "/threads/" in e.attributes["href"]}
    page = await ann.open(link)
    assert page.heading == "Thread of revise_text"
    assert page.form("Go on from here").fields["thread"] == name
    runs = await ann.open(page.root.link("its runs"))
    assert run["run_id"][:8] in runs.root.text
    copy = await ann.press(page, "Copy up to here")
    assert copy.heading == "Thread of revise_text"
