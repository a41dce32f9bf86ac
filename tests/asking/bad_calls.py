"""Calls that cannot be taken, each with the code and a word of the sentence that it is refused with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.asking.table import EDITED, accept, edit, reject, respond


@dataclass(frozen=True)
class World:
    """Runs in every state."""

    pending: dict[str, Any]
    batch: dict[str, Any]
    two: dict[str, Any]
    form: dict[str, Any]
    decided: dict[str, Any]
    silent: dict[str, Any]
    cancelled: dict[str, Any]
    busy: dict[str, Any]


Made = Callable[[World], tuple[str, dict[str, Any]]]
"""A tool and its arguments, made of the runs that there are."""


def resume(which: str, *decisions: Any) -> Made:
    """Deliver these decisions to that run."""
    return lambda world: ("resume_run", {"run_id": getattr(world, which)["run_id"], "decisions": list(decisions)})


def tool(name: str, **arguments: Any) -> Made:
    """Call the tool with just these."""
    return lambda _world: (name, arguments)


def start(**arguments: Any) -> Made:
    return tool("start_run", **arguments)


def nested(depth: int) -> Any:
    """A list in a list, so many times."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


LONG = "x" * (1024 * 1024)
EMPTY = {"topic": "tea", "answers": []}
MISSING = {name: value for name, value in EDITED.items() if name != "amount"}
BAD: dict[str, tuple[Made, str, str]] = {
    "unknown agent": (start(agent="nobody", message="x"), "unknown_agent", "nobody"),
    "no agent": (tool("start_run", message="x"), "invalid_input", "agent"),
    "neither message nor input": (start(agent="prints"), "invalid_input", "message and input"),
    "empty message": (start(agent="created_from_text", message=""), "invalid_input", "message and input"),
    "message and input": (start(agent="prints", message="x", input={}), "invalid_input", "message and input"),
    "message for an agent without messages": (start(agent="prints", message="x"), "invalid_input", "input"),
    "input for an agent with messages": (
        start(agent="created_from_text", input={"message": "x"}),
        "invalid_input",
        "message",
    ),
    "input of a wrong type": (
        start(agent="strict", input={"room": {"floor": 1}, "nights": "two"}, context={"floor": 1}),
        "invalid_input",
        "input.nights",
    ),
    "input wrong deep inside": (
        start(agent="strict", input={"room": {"floor": 1, "view": "wall"}, "nights": 2}, context={"floor": 1}),
        "invalid_input",
        "input.room.view",
    ),
    "input with unknown names": (start(agent="prints", input={"kin": 1}), "invalid_input", "kin"),
    "input that is a list": (start(agent="prints", input=[1]), "invalid_input", "input"),
    "context of a wrong type": (
        start(agent="strict", input={"room": {"floor": 1}, "nights": 2}, context={"floor": "top"}),
        "invalid_input",
        "context.floor",
    ),
    "no context for an agent that needs one": (
        start(agent="strict", input={"room": {"floor": 1}, "nights": 2}),
        "invalid_input",
        "context: 'floor'",
    ),
    "message that is no text": (start(agent="created_from_text", message=5), "invalid_input", "message"),
    "thread of another agent": (start(agent="prints", input={}, thread_id="pending"), "invalid_input", "prints"),
    "busy thread": (start(agent="endless", input={}, thread_id="busy"), "thread_busy", "busy"),
    "busy thread, to be rejected": (
        start(agent="endless", input={}, thread_id="busy", on_interrupted="reject"),
        "thread_busy",
        "busy",
    ),
    "interrupted thread": (
        start(agent="created_from_text", message="x", thread_id="pending"),
        "thread_interrupted",
        "from_text",
    ),
    "control characters in a thread's id": (
        start(agent="prints", input={}, thread_id="a\nb"),
        "invalid_input",
        "thread_id",
    ),
    "control characters in a key": (
        start(agent="prints", input={}, idempotency_key="a\x00b"),
        "invalid_input",
        "idempotency_key",
    ),
    "control characters in an agent's name": (start(agent="a\x1bb", input={}), "invalid_input", "agent"),
    "a long thread id": (start(agent="prints", input={}, thread_id="x" * 201), "invalid_input", "thread_id"),
    "unknown word for interrupted": (
        start(agent="prints", input={}, on_interrupted="ignore"),
        "invalid_input",
        "on_interrupted",
    ),
    "the same key for another request": (
        start(agent="in_node_text", input={"topic": "coffee", "answers": []}, idempotency_key="once"),
        "idempotency_conflict",
        "once",
    ),
    "arguments beyond the limit": (start(agent="created_from_text", message=LONG), "invalid_input", "1,048,576"),
    "half a surrogate in a message": (
        start(agent="created_from_text", message="a\ud83d"),
        "invalid_input",
        "surrogate",
    ),
    "an integer too large": (start(agent="odd", input={"kind": "x", "result": 2**64}), "invalid_input", "64"),
    "unknown argument": (start(agent="prints", input={}, inputs={}), "invalid_input", "inputs"),
    "waiting too long": (start(agent="prints", input={}, wait_seconds=26), "invalid_input", "wait_seconds"),
    "waiting backwards": (start(agent="prints", input={}, wait_seconds=-1), "invalid_input", "wait_seconds"),
    "waiting for nothing": (start(agent="prints", input={}, wait_seconds=None), "invalid_input", "wait_seconds"),
    "waiting for no number": (start(agent="prints", input={}, wait_seconds=float("nan")), "invalid_input", ""),
    "unknown run to get": (tool("get_run", run_id="nope"), "unknown_run", "nope"),
    "unknown run to resume": (tool("resume_run", run_id="nope", decisions=[accept()]), "unknown_run", "nope"),
    "unknown run to ask about": (tool("resume_run", run_id="nope"), "unknown_run", "nope"),
    "unknown run to cancel": (tool("cancel_run", run_id="no\npe"), "unknown_run", "no"),
    "no run": (tool("get_run", run_id=""), "invalid_input", "run_id"),
    "a run that is a number": (tool("get_run", run_id=7), "invalid_input", "run_id"),
    "limit of nothing": (tool("list_runs", limit=0), "invalid_input", "limit"),
    "limit too large": (tool("list_interrupts", limit=101), "invalid_input", "limit"),
    "limit that is no whole number": (tool("list_runs", limit=1.5), "invalid_input", "limit"),
    "bad cursor of runs": (tool("list_runs", cursor="next"), "invalid_input", "cursor"),
    "bad cursor of interrupts": (tool("list_interrupts", cursor="-1"), "invalid_input", "cursor"),
    "cursor beyond all numbers": (tool("list_runs", cursor="9" * 30), "invalid_input", "cursor"),
    "unknown status": (tool("list_runs", status="open"), "invalid_input", "status"),
    "unknown argument of a list": (tool("list_interrupts", thread="x"), "invalid_input", "thread"),
    "unknown interrupt": (resume("pending", accept(interrupt_id="Z99")), "unknown_interrupt", "Z99"),
    "interrupt of another run": (
        lambda world: (
            "resume_run",
            {
                "run_id": world.pending["run_id"],
                "decisions": [accept(interrupt_id=world.form["interrupts"][0]["interrupt_id"])],
            },
        ),
        "unknown_interrupt",
        "",
    ),
    "unknown request": (resume("batch", accept(index=3)), "invalid_decision", "0, 1, 2"),
    "a request before the first": (resume("batch", accept(index=-1)), "invalid_input", "index"),
    "which of several requests": (resume("batch", accept()), "invalid_decision", "index"),
    "which of several interrupts": (resume("two", respond(3)), "invalid_decision", "interrupt_id"),
    "a type that is not allowed": (resume("form", accept()), "not_allowed", "edit, respond"),
    "reject where it is not allowed": (resume("form", reject()), "not_allowed", "edit, respond"),
    "approve": (resume("pending", {"type": "approve"}), "invalid_decision", '"accept"'),
    "ignore": (resume("pending", {"type": "ignore"}), "invalid_decision", '"reject"'),
    "response": (resume("pending", {"type": "response"}), "invalid_decision", '"respond"'),
    "ACCEPT": (resume("pending", {"type": "ACCEPT"}), "invalid_decision", '"accept"'),
    "no word at all": (resume("pending", {"type": ""}), "invalid_decision", "accept, edit, reject, respond"),
    "no type": (resume("pending", {}), "invalid_input", "type"),
    "a type that is no text": (resume("pending", {"type": None}), "invalid_input", "type"),
    "a decision that is text": (resume("pending", "accept"), "invalid_input", "decisions"),
    "decisions that are an object": (
        lambda world: ("resume_run", {"run_id": world.pending["run_id"], "decisions": accept()}),
        "invalid_input",
        "decisions",
    ),
    "a decision with an unknown field": (resume("pending", accept(arg={})), "invalid_input", "arg"),
    "accept with args": (resume("pending", accept(args=EDITED)), "invalid_decision", "edit"),
    "accept with a value": (resume("pending", accept(value=1)), "invalid_decision", "respond"),
    "edit without args": (resume("pending", {"type": "edit"}), "invalid_decision", "args"),
    "edit with args that are a list": (resume("pending", {"type": "edit", "args": []}), "invalid_input", "args"),
    "edit without an argument": (resume("pending", edit(MISSING)), "invalid_decision", '"amount"'),
    "edit of nothing": (resume("pending", edit({})), "invalid_decision", '"to"'),
    "edit with an unknown argument": (resume("pending", edit({**EDITED, "cc": "x"})), "invalid_decision", '"cc"'),
    "edit with a text for a number": (
        resume("pending", edit({**EDITED, "amount": "much"})),
        "invalid_decision",
        "amount",
    ),
    "edit with a number for a text": (resume("pending", edit({**EDITED, "to": 5})), "invalid_decision", "to"),
    "edit with a fraction": (resume("pending", edit({**EDITED, "times": 1.5})), "invalid_decision", "times"),
    "edit with null": (resume("pending", edit({**EDITED, "urgent": None})), "invalid_decision", "urgent"),
    "edit with half a surrogate": (resume("pending", edit({**EDITED, "to": "\ud83d"})), "invalid_input", "surrogate"),
    "edit with too large an integer": (
        resume("pending", edit({**EDITED, "times": 2**70})),
        "invalid_input",
        "64",
    ),
    "respond with nothing": (resume("pending", {"type": "respond"}), "invalid_decision", "value or a message"),
    "respond twice over": (resume("pending", respond(1, message="x")), "invalid_decision", "not both"),
    "respond with args": (resume("pending", respond(1, args={})), "invalid_decision", "args"),
    "respond against the schema": (resume("form", respond({"name": "Al"})), "invalid_decision", "age"),
    "edit against the schema": (resume("form", edit({"name": "Al", "age": "3"})), "invalid_decision", "age"),
    "a value nested without end": (resume("pending", respond(nested(200))), "invalid_input", "deeper"),
    "a digest of something else": (resume("pending", accept(digest="0" * 64)), "stale_digest", ""),
    "the digest of another interrupt": (
        lambda world: (
            "resume_run",
            {
                "run_id": world.pending["run_id"],
                "decisions": [accept(digest=world.batch["interrupts"][0]["digest"])],
            },
        ),
        "stale_digest",
        "",
    ),
    "two decisions for one request": (
        resume("pending", accept(), reject()),
        "invalid_decision",
        "two decisions",
    ),
    "the same decision twice": (resume("pending", accept(), accept()), "invalid_decision", "two decisions"),
    "one good and one bad": (
        resume("batch", accept(index=0), {"type": "approve", "index": 1}),
        "invalid_decision",
        '"accept"',
    ),
    "one good and one unknown": (resume("batch", accept(index=0), accept(interrupt_id="no")), "unknown_interrupt", ""),
    "decided otherwise before": (resume("decided", respond("second")), "already_decided", "respond by"),
    "a finished run that never asked": (resume("silent", accept()), "run_finished", "success"),
    "a run that was cancelled": (resume("cancelled", respond("x")), "superseded", "superseded"),
    "a run that is going on": (resume("busy", accept()), "unknown_interrupt", "running"),
}
"""What each is, the call, its code, and a word that its sentence has."""
