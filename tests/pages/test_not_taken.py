"""What comes too late, or cannot be taken, is told as what it is."""

import pytest

from tests.conftest import Door
from tests.pages.asking import asked
from tests.pages.signed_in import Visitor

pytestmark = pytest.mark.anyio


async def test_a_decision_on_what_is_no_longer_asked_is_told_so(ann: Visitor, door: Door) -> None:
    run = await asked(door, agent="hotel", message="Book the Ritz")
    page = await ann.open(f"/inbox/interrupts/{run['interrupts'][0]['code']}")
    await door.call("cancel_run", run_id=run["run_id"])
    told = await ann.press(page, "Accept")
    assert told.alert == "It is no longer asked, so your decision did not count."


async def test_numbers_that_are_none_of_jsons_are_refused_where_changes_are_shown_and_stay_typed(
    ann: Visitor, door: Door
) -> None:
    run = await asked(door, agent="desk", message="Refund 20 of order 1001 because it came late")
    page = await ann.open(f"/inbox/interrupts/{run['interrupts'][0]['code']}?edit=0")
    typed = '{"amount": NaN, "order_id": 1001, "reason": "it came late"}'
    told = await ann.press(page, "Show changes", args_json=typed)
    assert told.status == 200
    assert "not finite" in told.alert
    assert told.form("Send edit").fields["args_json"].strip() == typed
    field = await ann.press(page, "Show changes", arg_amount="1e999")
    assert field.status == 200
    assert "not finite" in field.alert
