"""The support desk: what it asks about first, what it does once, and what stays in its file."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp import Rejected
from interrupt_mcp_agents import desk
from interrupt_mcp_agents.desk_database import transaction

ACCEPT = {"type": "accept"}
APPROVE = {"type": "approve"}

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Query:
    monkeypatch.setenv("DESK_DATABASE", str(tmp_path / "new" / "desk.db"))

    def rows(statement: str) -> list[tuple[Any, ...]]:
        with transaction() as connection:
            return [tuple(row) for row in connection.execute(statement)]

    return rows


def decisions(*types: str, **more: Any) -> dict[str, Any]:
    return {"decisions": [{"type": each, **more} for each in types]}


def test_looking_things_up_asks_nobody(thread_of):
    thread = thread_of(desk.graph)

    assert thread.start("Find the orders of ada, and show order 1003.") == ()
    assert "Order 1001: Noise-cancelling headphones, 149.00, refunded 0.00, for Ada Lovelace" in thread.said
    assert "Order 1002: Desk lamp" in thread.said
    assert "Order 1003: Mechanical keyboard" in thread.said


def test_an_approved_refund_is_in_the_database(thread_of, query):
    thread = thread_of(desk.graph)

    (asked,) = thread.start("Refund 20.50 of order 1001 because it came late")
    thread.answer(decisions("approve"))

    (request,) = asked.value["action_requests"]
    assert request["name"] == "refund_order"
    assert request["args"] == {"order_id": 1001, "amount": 20.5, "reason": "it came late"}
    assert query("SELECT order_id, cents, reason FROM refunds") == [(1001, 2050, "it came late")]
    assert thread.said == "(offline model) refund_order: Refunded 20.50 of order 1001."


def test_an_edited_refund_is_made_as_edited(thread_of, query):
    thread = thread_of(desk.graph)
    args = {"order_id": 1001, "amount": 5, "reason": "goodwill"}

    thread.start("Refund order 1001 50 because it came late")
    thread.answer(decisions("edit", edited_action={"name": "refund_order", "args": args}))

    assert query("SELECT order_id, cents, reason FROM refunds") == [(1001, 500, "goodwill")]


def test_a_rejected_refund_changes_nothing_and_the_persons_words_come_back(thread_of, query):
    thread = thread_of(desk.graph)

    thread.start("Refund 20 of order 1001")
    thread.answer(decisions("reject", message="They got a voucher."))

    assert query("SELECT * FROM refunds") == []
    assert "refund_order did not succeed" in thread.said
    assert "They got a voucher." in thread.said


@pytest.mark.parametrize(
    ("order_id", "amount", "words"),
    [
        (1002, "40", "Order 1002 has 39.90 left to refund"),
        (1002, "-5", "it takes a positive amount"),
        (1002, "0", "it takes a positive amount"),
        (1002, "0.005", "at most two decimals"),
        (1002, "NaN", "it takes a positive amount"),
        (9999, "1", "There is no order 9999."),
    ],
)
def test_a_refund_that_cannot_be_made_says_why(thread_of, query, order_id, amount, words):
    thread = thread_of(desk.graph)

    thread.start(f'call refund_order {{"order_id": {order_id}, "amount": {amount}, "reason": "late"}}')
    thread.answer(decisions("approve"))

    assert words in thread.said
    assert query("SELECT * FROM refunds") == []


def test_refunds_together_never_exceed_what_the_order_cost(query):
    refund = {"order_id": 1001, "amount": 100, "reason": "late"}

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: desk.refund_order.invoke(refund), range(8)))

    assert told.count("Refunded 100.00 of order 1001.") == 1
    assert query("SELECT cents FROM refunds") == [(10000,)]


def test_an_approved_deletion_takes_the_customers_orders_along(thread_of, query):
    thread = thread_of(desk.graph)

    thread.start("Delete customer 1")
    thread.answer(decisions("approve"))

    assert query("SELECT id FROM customers ORDER BY id") == [(2,), (3,)]
    assert query("SELECT id FROM orders ORDER BY id") == [(1003,), (1004,)]
    assert desk.get_order.invoke({"order_id": 1001}) == "There is no order 1001."


def test_a_customer_that_is_gone_cannot_be_deleted_again(thread_of):
    thread = thread_of(desk.graph)

    thread.start("Delete customers 3 and 7")
    thread.answer(decisions("approve", "approve"))

    assert "delete_customer: Deleted customer 3." in thread.said
    assert "delete_customer did not succeed: There is no customer 7." in thread.said


def test_an_accepted_message_is_sent_once(thread_of, query):
    thread = thread_of(desk.graph)

    (asked,) = thread.start("Message ada@example.com: Sorry, and see you soon!")
    thread.answer(ACCEPT)

    assert asked.value["action"] == "send_message"
    assert asked.value["args"] == {"to": "ada@example.com", "body": "Sorry, and see you soon!"}
    assert query("SELECT recipient, body FROM messages") == [("ada@example.com", "Sorry, and see you soon!")]


def test_a_rejected_message_is_not_sent(thread_of, query):
    thread = thread_of(desk.graph)

    thread.start("Message ada@example.com: Sorry")
    # LangGraph alone ends the run here; the server answers the model with the person's words.
    with pytest.raises(Rejected, match="Call her instead"):
        thread.answer({"type": "reject", "message": "Call her instead."})

    assert query("SELECT * FROM messages") == []


def test_several_actions_of_one_turn_are_each_asked_about_once(thread_of, query):
    thread = thread_of(desk.graph)

    (batch,) = thread.start(
        "Refund 20 of order 1001 because it came late, and delete customers 2 and 3; message ada@example.com: sorry"
    )
    (message,) = thread.answer(decisions("approve", "reject", "approve"))
    done_before_the_message = query("SELECT cents FROM refunds")
    thread.answer(ACCEPT)

    assert [request["name"] for request in batch.value["action_requests"]] == [
        "refund_order",
        "delete_customer",
        "delete_customer",
    ]
    assert message.value["action"] == "send_message"
    assert done_before_the_message == [(2000,)]
    assert thread.interrupts == ()
    assert query("SELECT cents FROM refunds") == [(2000,)]
    assert query("SELECT id FROM customers ORDER BY id") == [(1,), (2,)]
    assert query("SELECT recipient, body FROM messages") == [("ada@example.com", "sorry")]


def test_processes_that_start_together_make_one_database(query):
    code = "from interrupt_mcp_agents.desk_database import transaction\nwith transaction(): pass"
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(6)]

    assert [process.wait(timeout=60) for process in started] == [0] * 6
    assert query("SELECT count(*) FROM customers") == [(3,)]
    assert query("SELECT count(*) FROM orders") == [(4,)]


def test_deleted_demo_customers_do_not_come_back(query):
    for customer_id in (1, 2, 3):
        desk.delete_customer.invoke({"customer_id": customer_id})

    assert desk.find_orders.invoke({"customer": "a"}) == "No order of a was found."
    assert query("SELECT * FROM customers") == []
