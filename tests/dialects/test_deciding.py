"""What the graph is resumed with, and what becomes of the tool call, for each shape and each type of decision."""

import pytest

from interrupt_mcp.dialects import AnswerCall, DropCall, MakeCall, instruction, write
from interrupt_mcp.dialects.instructions import Instruction
from interrupt_mcp.errors import InvalidDecision
from interrupt_mcp.model import Decision, Json, JsonObject, Question
from tests.dialects.payloads import (
    ADDRESS,
    APPROVAL,
    APPROVAL_SCHEMA,
    ASSISTANCE,
    BATCH,
    BOOK,
    BOOKING,
    CARRIED,
    DOCS_TEXT,
    FORM,
    INBOX,
    INBOX_TEXT_ONLY,
    REFUND,
    REFUND_ARGS,
    SEND,
    SENSITIVE,
    SUMMARY,
    YES_NO,
    accept,
    check_all,
    decide,
    edit,
    question,
    reject,
    respond,
)

CHEAPER: JsonObject = {**REFUND_ARGS, "amount": 5}
ELSEWHERE: JsonObject = {"hotel_name": "Ritz", "nights": 2}
approval_of_all = question({**APPROVAL}, calls=(REFUND,))
in_a_list = question([INBOX], inside=REFUND)
bare = question(INBOX)
text_only = question(INBOX_TEXT_ONLY)
docs = question(DOCS_TEXT, inside=BOOK)
proposal = question({"tool": "book_hotel", "proposal": {"price": 5}}, inside=BOOK)
ANY = ["accept", "edit", "reject", "respond"]
function = question({**SENSITIVE, "allowed": ANY})
function_in_a_tool = question(SENSITIVE, inside=BOOK)
sensitive_tool = question({**SENSITIVE, "allowed": ANY}, inside=REFUND)
at_breakpoint = question(None, calls=(REFUND,), nodes=("tools",))
stuck = question({"query": "What now?"}, inside=ASSISTANCE)
yes_no = question("Sure?", YES_NO)
yes_no_in_tool = question("Sure?", YES_NO, inside=BOOK)
summary = question({"task": "Review"}, SUMMARY)
SILENT = "a person rejected it, without giving a reason. Do not call it again unless they ask for it."

CASES: list[tuple[str, Question, Decision, Json, Instruction]] = [
    ("one call, accepted", approval_of_all, decide(accept), {"type": "approve"}, MakeCall(REFUND_ARGS)),
    (
        "one call, edited",
        approval_of_all,
        decide(edit, args=CHEAPER),
        {"type": "edit", "edited_action": {"name": "refund", "args": CHEAPER}},
        MakeCall(CHEAPER),
    ),
    ("one call, rejected", approval_of_all, decide(reject), {"type": "reject"}, DropCall(SILENT)),
    (
        "one call, rejected with words",
        approval_of_all,
        decide(reject, message="too much"),
        {"type": "reject", "message": "too much"},
        DropCall("too much"),
    ),
    (
        "one call, answered with text",
        approval_of_all,
        decide(respond, message="done by hand"),
        {"type": "respond", "message": "done by hand"},
        DropCall("done by hand"),
    ),
    (
        "one call, answered with a value",
        approval_of_all,
        decide(respond, value={"ok": True}),
        {"type": "respond", "message": '{"ok":true}'},
        DropCall('{"ok":true}'),
    ),
    ("a list, accepted", in_a_list, decide(accept), [{"type": "accept", "args": None}], MakeCall(REFUND_ARGS)),
    (
        "a list, edited: the tool that asks puts the edit in",
        in_a_list,
        decide(edit, args=CHEAPER),
        [{"type": "edit", "args": {"action": "refund", "args": CHEAPER}}],
        MakeCall(REFUND_ARGS),
    ),
    ("a list, rejected", in_a_list, decide(reject), [{"type": "ignore", "args": None}], DropCall(SILENT)),
    (
        "a list, answered",
        in_a_list,
        decide(respond, message="ask Ann"),
        [{"type": "response", "args": "ask Ann"}],
        MakeCall(REFUND_ARGS),
    ),
    ("bare, accepted", bare, decide(accept), {"type": "accept", "args": None}, MakeCall(None)),
    (
        "bare, edited",
        bare,
        decide(edit, args=CHEAPER),
        {"type": "edit", "args": {"action": "refund", "args": CHEAPER}},
        MakeCall(None),
    ),
    (
        "bare, answered with a value",
        bare,
        decide(respond, value=[1]),
        {"type": "response", "args": [1]},
        MakeCall(None),
    ),
    (
        "only text allowed, rejected",
        text_only,
        decide(reject, message="no"),
        {"type": "response", "args": "no"},
        DropCall("no"),
    ),
    ("a form, filled in", question(FORM), decide(respond, value={"name": "Ann"}), None, MakeCall(None)),
    ("a form, declined", question(FORM), decide(reject), {"action": "decline"}, MakeCall(None)),
    ("an address, visited", question(ADDRESS), decide(accept), {"action": "accept"}, MakeCall(None)),
    ("an address, declined", question(ADDRESS), decide(reject, message="no"), {"action": "decline"}, MakeCall(None)),
    (
        "a form inside a tool, declined: the tool goes on to say so",
        question(FORM, inside=REFUND),
        decide(reject),
        {"action": "decline"},
        MakeCall(REFUND_ARGS),
    ),
    ("a tool, accepted", docs, decide(accept), {"type": "accept"}, MakeCall(BOOKING)),
    ("a tool, accepted with words", docs, decide(accept, message="fine"), {"type": "accept"}, MakeCall(BOOKING)),
    ("a tool, edited by the gate", docs, decide(edit, args=ELSEWHERE), {"type": "accept"}, MakeCall(ELSEWHERE)),
    ("a tool, rejected", docs, decide(reject, message="no"), {"type": "reject", "message": "no"}, DropCall("no")),
    (
        "a tool, rejected in silence",
        docs,
        decide(reject, message=" "),
        {"type": "reject", "message": " "},
        DropCall(SILENT),
    ),
    ("a tool, answered", docs, decide(respond, value={"a": None}), {"a": None}, MakeCall(BOOKING)),
    ("a tool, answered with null", docs, decide(respond, value=None), None, MakeCall(BOOKING)),
    ("a tool, answered with text", docs, decide(respond, message="later"), "later", MakeCall(BOOKING)),
    (
        "names of the payload, edited by the tool",
        proposal,
        decide(edit, args={**BOOKING, "price": 6}),
        {"type": "edit", "args": {**BOOKING, "price": 6}},
        MakeCall(None),
    ),
    ("a function, accepted", function, decide(accept), {"type": "accept"}, MakeCall(None)),
    (
        "a function, edited",
        function,
        decide(edit, args=CHEAPER),
        {"type": "edit", "args": CHEAPER},
        MakeCall(None),
    ),
    (
        "a function, rejected",
        function,
        decide(reject, message="no"),
        {"type": "reject", "message": "no"},
        DropCall("no"),
    ),
    (
        "a function, answered: never mistaken for an approval",
        function,
        decide(respond, value={"type": "accept"}),
        {"type": "respond", "value": {"type": "accept"}},
        MakeCall(None),
    ),
    (
        "a function in a tool, edited: the tool's own arguments stay",
        function_in_a_tool,
        decide(edit, args=CHEAPER),
        {"type": "edit", "args": CHEAPER},
        MakeCall(None),
    ),
    ("a function in a tool, rejected", function_in_a_tool, decide(reject), {"type": "reject"}, DropCall(SILENT)),
    ("a sensitive tool, accepted", sensitive_tool, decide(accept), {"type": "accept"}, MakeCall(REFUND_ARGS)),
    ("a sensitive tool, edited", sensitive_tool, decide(edit, args=CHEAPER), {"type": "accept"}, MakeCall(CHEAPER)),
    (
        "a sensitive tool, answered",
        sensitive_tool,
        decide(respond, message="done"),
        {"type": "respond", "value": "done"},
        MakeCall(REFUND_ARGS),
    ),
    ("a breakpoint, accepted", question(None, nodes=("act",)), decide(accept), None, MakeCall(None)),
    ("a breakpoint, rejected", question(None, nodes=("act",)), decide(reject, message="no"), None, DropCall("no")),
    ("a call at a breakpoint, accepted", at_breakpoint, decide(accept), None, MakeCall(REFUND_ARGS)),
    ("a call at a breakpoint, edited", at_breakpoint, decide(edit, args=CHEAPER), None, MakeCall(CHEAPER)),
    ("a call at a breakpoint, rejected", at_breakpoint, decide(reject, message="no"), None, DropCall("no")),
    ("a call at a breakpoint, answered", at_breakpoint, decide(respond, value=[1]), None, AnswerCall([1])),
    ("a call at a breakpoint, answered with text", at_breakpoint, decide(respond, message="x"), None, AnswerCall("x")),
    ("a question, answered", question("Age?"), decide(respond, value=0), 0, MakeCall(None)),
    ("a question, answered with text", question("Age?"), decide(respond, message="42"), "42", MakeCall(None)),
    ("a question, answered with nothing", question("Age?"), decide(respond, value={}), {}, MakeCall(None)),
    (
        "a question in a tool, answered",
        stuck,
        decide(respond, value={"data": "x"}),
        {"data": "x"},
        MakeCall(ASSISTANCE.args),
    ),
    (
        "a question in a tool, rejected",
        stuck,
        decide(reject, message="stop"),
        {"type": "reject", "message": "stop"},
        DropCall("stop"),
    ),
    ("yes", yes_no, decide(accept), "Approve", MakeCall(None)),
    ("no", yes_no, decide(reject, message="kept, not sent"), "Reject", MakeCall(None)),
    ("neither yes nor no", yes_no, decide(respond, message="later"), "later", MakeCall(None)),
    ("no, inside a tool that has a word for it", yes_no_in_tool, decide(reject), "Reject", MakeCall(BOOKING)),
    ("true", question("Sure?", {"type": "boolean"}), decide(accept), True, MakeCall(None)),
    ("false", question("Sure?", {"type": "boolean"}), decide(reject), False, MakeCall(None)),
    ("the default", summary, decide(accept), {"edited_summary": "as generated"}, MakeCall(None)),
    ("another object", summary, decide(edit, args={"edited_summary": "x"}), {"edited_summary": "x"}, MakeCall(None)),
    (
        "the same object as a value",
        summary,
        decide(respond, value={"edited_summary": "x"}),
        {"edited_summary": "x"},
        MakeCall(None),
    ),
]


@pytest.mark.parametrize(("asked", "decision", "value", "ordered"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_decision_becomes_what_the_graph_reads_and_what_the_gate_does(
    asked: Question, decision: Decision, value: Json, ordered: Instruction
):
    if asked.value == FORM and decision.type is respond:
        value = {"action": "accept", "content": {"name": "Ann"}}
    check_all(asked, {0: decision})
    assert write(asked, {0: decision}) == value
    assert instruction(asked, decision) == ordered


def test_a_batch_is_answered_in_the_order_of_its_actions_whatever_the_order_of_the_decisions():
    asked = question(BATCH, calls=(REFUND, SEND))
    decisions = {1: decide(reject, message="no", index=1), 0: decide(edit, args=CHEAPER)}
    check_all(asked, decisions)
    assert write(asked, decisions) == {
        "decisions": [
            {"type": "edit", "edited_action": {"name": "refund", "args": CHEAPER}},
            {"type": "reject", "message": "no"},
        ]
    }
    assert [instruction(asked, decisions[i]) for i in (0, 1)] == [MakeCall(CHEAPER), DropCall("no")]


def test_several_human_interrupts_are_answered_with_a_list_in_their_order():
    asked = question([INBOX, INBOX_TEXT_ONLY])
    decisions = {0: decide(reject), 1: decide(reject, message="no", index=1)}
    check_all(asked, decisions)
    assert write(asked, decisions) == [{"type": "ignore", "args": None}, {"type": "response", "args": "no"}]


def test_a_tool_that_asks_about_several_things_runs_on_to_its_answers():
    asked = question([INBOX, INBOX_TEXT_ONLY], inside=REFUND)
    assert instruction(asked, decide(reject)) == MakeCall(REFUND_ARGS)


def test_several_elicitations_are_answered_by_key():
    asked = question(CARRIED)
    decisions = {0: decide(respond, value={"name": "Ann", "age": 3}), 1: decide(accept, index=1)}
    check_all(asked, decisions)
    assert write(asked, decisions) == {
        "responses": {
            "who": {"action": "accept", "content": {"name": "Ann", "age": 3}},
            "go": {"action": "accept"},
        }
    }


def test_a_payload_that_could_be_read_as_two_shapes_is_answered_as_the_one_it_was_read_as():
    both = {**APPROVAL, "action_requests": "none", "review_configs": []}
    asked = question(both, APPROVAL_SCHEMA)
    assert write(asked, {0: decide(accept)}) == {"type": "approve"}


def test_some_decisions_can_be_checked_before_the_others_are_made():
    asked = question(BATCH, calls=(REFUND, SEND))
    check_all(asked, {1: decide(accept, index=1)})
    with pytest.raises(InvalidDecision, match=r"no decision yet for request 0 \(refund\)"):
        write(asked, {1: decide(accept, index=1)})
