"""The pages of runs: the list, and one run to its end, with what it asked, what was decided and what was done."""

from pathlib import Path

import pytest

from interrupt_mcp.authority import this_user
from tests.conftest import Door
from tests.effects import Effects
from tests.pages.agents.small import EVIL
from tests.pages.signed_in import Visitor, accepted, ended, signed_in
from tests.projects import offering

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's server runs, and its project is."""
    home = tmp_path_factory.mktemp("runs")
    small = ("small:failing", "small:paying", "small:writing")
    named = {"many": "small:asking", "hotel": "interrupt_mcp_agents.hotel:graph"}
    offering(home, Path(__file__).with_name("agents"), *small, **named)
    return home


async def test_runs_are_listed_newest_first_with_what_they_wait_for_and_can_be_filtered(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (ann, door):
        first = await door.call("start_run", agent="hotel", message="Book the Ritz")
        second = await door.call("start_run", agent="revise_text", input={"some_text": "Hello"})
        done = await door.call("start_run", agent="hotel", message="Hello")
        listed = await ann.open("/inbox/runs")
        rows = [each.text for each in listed.root.found("li")]
        assert [run["run_id"][:8] in row for run, row in zip((done, second, first), rows, strict=True)] == [True] * 3
        assert f"waits for {first['interrupts'][0]['code']}" in rows[2]
        assert "success" in rows[0]
        form = listed.form("Filter")
        assert set(form.fields) == {"agent", "status"}
        hotels = await ann.press(listed, "Filter", agent="hotel", status="interrupted")
        (row,) = hotels.root.found("li")
        assert first["run_id"][:8] in row.text
        none = await ann.press(listed, "Filter", agent="nobody", status="")
        assert "No run is like that." in none.root.text
        assert (await ann.open("/inbox/runs?cursor=other")).status == 400


async def test_older_runs_are_on_the_next_page(ann: Visitor, door: Door) -> None:
    runs = [await door.call("start_run", agent="many", input={}, wait_seconds=0) for _ in range(53)]
    first = await ann.open("/inbox/runs?agent=many")
    second = await ann.open(first.root.link("Older ones"))
    rows = [each.text for page in (first, second) for each in page.root.found("li")]
    assert [run["run_id"][:8] in row for run, row in zip(reversed(runs), rows, strict=True)] == [True] * 53
    assert not second.root.found("a", "Older ones")


async def test_a_run_is_shown_to_its_end_with_what_was_decided_and_done(ann: Visitor, door: Door) -> None:
    run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    code = run["interrupts"][0]["code"]
    waiting = await ann.open(f"/inbox/runs/{run['run_id']}")
    assert waiting.heading == "Run of hotel interrupted"
    asked = await ann.open(waiting.region("What waits").link(f"{code} book_hotel"))
    assert asked.heading == "book_hotel"
    assert f"begun by {this_user().principal} with mcp" in waiting.root.text
    decided = await ann.press(asked, "Accept")
    assert decided.path.startswith(f"/inbox/runs/{run['run_id']}")
    assert f"{code} is decided." in decided.root.text
    assert (await ended(door, run["run_id"]))["status"] == "success"
    page = await ann.open(f"/inbox/runs/{run['run_id']}")
    assert page.heading == "Run of hotel success"
    assert "Successfully booked a stay at Ritz." in page.region("Answer").text
    made = page.region("Decisions").text
    assert f"{code} book_hotel" in made
    assert "accept by" in made
    assert "through inbox" in made
    done = page.region("What was done").text
    assert "book_hotel done" in done
    assert "hotel_name text Ritz" in done
    assert "gave Successfully booked a stay at Ritz." in done
    assert not page.has_region("What waits")
    assert "Cancel" not in page.buttons()
    assert page.root.link(run["thread_id"][:12]) == f"/inbox/threads/{run['thread_id']}"


async def test_what_an_edit_changed_is_shown_before_and_after(ann: Visitor, door: Door) -> None:
    run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    asked = await ann.open(f"/inbox/interrupts/{run['interrupts'][0]['interrupt_id']}")
    edit = await ann.press(asked, "Edit")
    await ann.press(edit, "Send edit", arg_hotel_name="Savoy", hotel_name="Savoy")
    await ended(door, run["run_id"])
    page = await ann.open(f"/inbox/runs/{run['run_id']}")
    lines = [each.raw for each in page.region("Decisions").found("div")]
    assert '- "hotel_name": "Ritz"' in [" ".join(line.split()) for line in lines]
    assert '+ "hotel_name": "Savoy"' in [" ".join(line.split()) for line in lines]
    assert "hotel_name text Savoy" in page.region("What was done").text


async def test_a_run_that_failed_says_why_and_is_tried_again(ann: Visitor, door: Door, did: Effects) -> None:
    run = await door.call("start_run", agent="failing", input={})
    assert run["status"] == "error"
    page = await ann.open(f"/inbox/runs/{run['run_id']}")
    assert "The run failed" in page.root.text
    assert "It is broken" in page.root.text
    did.leave_word("mended")
    assert (await ann.press(page, "Try again")).path == f"/inbox/runs/{run['run_id']}"
    assert (await ended(door, run["run_id"]))["status"] == "success"
    page = await ann.open(f"/inbox/runs/{run['run_id']}")
    assert page.heading == "Run of failing success"
    assert '"mended"' in page.region("Output").text
    assert "Try again" not in page.buttons()


async def test_what_nobody_knows_to_be_done_is_said_so(ann: Visitor, door: Door) -> None:
    run = await door.call("start_run", agent="paying", message="pay")
    await accepted(ann, run)
    await ended(door, run["run_id"])
    page = await ann.open(f"/inbox/runs/{run['run_id']}")
    thread = await ann.open(f"/inbox/threads/{run['thread_id']}")
    code = run["interrupts"][0]["code"]
    assert f"{code} pay outcome unknown" in page.region("What waits").text
    for region in (page.region("What was done"), thread.region("Timeline")):
        assert f"pay nobody knows whether it was done just now {code}" in region.text
        assert "the bank did not answer" in region.text


async def test_a_run_whose_thread_went_on_is_not_tried_again_and_the_page_says_so(
    ann: Visitor, door: Door, did: Effects
) -> None:
    run = await door.call("start_run", agent="failing", input={})
    page = await ann.open(f"/inbox/runs/{run['run_id']}")
    await door.call("start_run", agent="failing", input={}, thread_id=run["thread_id"])
    told = await ann.press(page, "Try again")
    assert told.status == 409
    assert told.alert.endswith("Nothing was done.")
    assert told.heading == "Run of failing error"


async def test_cancelling_is_asked_once_more_and_what_was_asked_is_then_no_longer_asked(
    ann: Visitor, door: Door
) -> None:
    run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    page = await ann.open(f"/inbox/runs/{run['run_id']}")
    sure = await ann.press(page, "Cancel")
    assert sure.path == f"/inbox/runs/{run['run_id']}/cancel"
    assert f"{run['interrupts'][0]['code']} book_hotel" in sure.root.text
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"
    assert sure.root.link("Back") == f"/inbox/runs/{run['run_id']}"
    gone = await ann.press(sure, "Cancel the run")
    assert gone.heading == "Run of hotel cancelled"
    assert "Cancel" not in gone.buttons()
    assert (await door.call("list_interrupts", run_id=run["run_id"]))["interrupts"] == []
    late = await ann.press(sure, "Cancel the run")
    assert late.alert == "The run had come to its end before, and stays as it is."


async def test_what_agents_write_is_shown_and_does_nothing(ann: Visitor, door: Door, did: Effects) -> None:
    failed = await door.call("start_run", agent="failing", input={})
    run = await door.call("start_run", agent="writing", input={"text": EVIL}, thread_id=f"trip {EVIL[:60]}/../x")
    seen = [await ann.open(path) for path in ("/inbox/runs", f"/inbox/runs/{failed['run_id']}")]
    seen.append(await ann.open(f"/inbox/runs/{run['run_id']}"))
    await accepted(ann, run)
    await ended(door, run["run_id"])
    seen.append(await ann.open(f"/inbox/runs/{run['run_id']}"))
    seen.append(await ann.open(seen[-1].root.link("trip")))
    seen.append(await ann.press(seen[-1], "Go on from here"))
    for page in seen:
        assert page.status == 200
        (script,) = page.root.found("script")
        assert script.attributes["src"] == "/inbox/static/inbox.js"
        assert not page.root.found("img")
        assert not {"\u202e", "\u2066", "\x1b"} & set(page.root.raw)
    assert "<script>alert(1)</script>" in seen[1].root.text
    assert "\\u{202e}evil" in seen[1].root.text


async def test_a_run_that_is_nobodys_is_not_found(ann: Visitor, door: Door) -> None:
    for path in ("/inbox/runs/nobody", "/inbox/runs/nobody/cancel", "/inbox/threads/nobody"):
        page = await ann.open(path)
        assert (page.status, page.heading) == (404, "That could not be done")
        assert "'nobody'. To the inbox" in page.root.text
