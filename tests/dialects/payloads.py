"""Payloads as graphs really send them, and the questions made of them."""

from collections.abc import Mapping

from interrupt_mcp.dialects import check_one, read
from interrupt_mcp.model import MISSING, Ask, Call, Decision, DecisionType, Json, JsonObject, Missing, Question, Request

REFUND_SCHEMA: JsonObject = {
    "type": "object",
    "title": "refund",
    "properties": {
        "order_id": {"type": "integer"},
        "amount": {"type": "number"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
    },
    "required": ["order_id", "amount"],
    "$defs": {"Line": {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}},
}
REFUND_ARGS: JsonObject = {"order_id": 7, "amount": 12.5}
BOOKING: JsonObject = {"hotel_name": "McKittrick"}
SENDING: JsonObject = {"to": "bob"}


def call(name: str, args: JsonObject, position: int = 0, schema: JsonObject | None = None, call_id: str = "") -> Call:
    return Call("tools:1", "m1", position, call_id or f"c{position}", name, args, schema)


REFUND = call("refund", REFUND_ARGS, 0, REFUND_SCHEMA)
BOOK = call("book_hotel", BOOKING, 0, {"properties": {"hotel_name": {"type": "string"}, "nights": {"type": "integer"}}})
SEND = call("send", SENDING, 1)
ASSISTANCE = call("human_assistance", {"query": "What now?"}, 0, {"properties": {"query": {"type": "string"}}})


def action_request(name: str, args: JsonObject, description: str | None = None) -> JsonObject:
    request: JsonObject = {"name": name, "args": args}
    return request if description is None else request | {"description": description}


def review_config(name: str, *allowed: Json) -> JsonObject:
    return {"action_name": name, "allowed_decisions": list(allowed)}


ALL_WORDS = ("approve", "edit", "reject", "respond")
BATCH: JsonObject = {
    "action_requests": [action_request("refund", REFUND_ARGS, "Refund?"), action_request("send", SENDING, "Send?")],
    "review_configs": [review_config("refund", *ALL_WORDS), review_config("send", "approve", "reject")],
}
APPROVAL: JsonObject = {
    "type": "tool_approval",
    "tool_call_id": "c0",
    "name": "refund",
    "args": REFUND_ARGS,
    "description": "Refund?",
}
APPROVAL_SCHEMA: JsonObject = {
    "$defs": {
        "ApproveDecision": {"type": "object", "properties": {"type": {"const": "approve"}}},
        "EditDecision": {
            "type": "object",
            "properties": {"type": {"const": "edit"}, "edited_action": {"$ref": "#/$defs/EditedAction"}},
        },
        "EditedAction": {"properties": {"name": {"const": "refund"}, "args": {"$ref": "#/$defs/refund"}}},
        "refund": {"type": "object", "properties": {"order_id": {"type": "integer"}, "amount": {"type": "number"}}},
    },
    "oneOf": [{"$ref": "#/$defs/ApproveDecision"}, {"$ref": "#/$defs/EditDecision"}],
}


def inbox(action: str, args: JsonObject, allow: str, description: str | None = "Please review") -> JsonObject:
    """Return a HumanInterrupt; `allow` holds words out of accept, edit, respond, ignore."""
    flags: JsonObject = {f"allow_{word}": word in allow.split() for word in ("accept", "edit", "respond", "ignore")}
    return {"action_request": {"action": action, "args": args}, "config": flags, "description": description}


EVERYTHING = "accept edit respond ignore"
INBOX = inbox("refund", REFUND_ARGS, EVERYTHING)
INBOX_TEXT_ONLY = inbox("refund", REFUND_ARGS, "accept edit respond")
FORM_SCHEMA: JsonObject = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name"],
}
FORM: JsonObject = {"mode": "form", "message": "Who?", "requestedSchema": FORM_SCHEMA}
ADDRESS: JsonObject = {"mode": "url", "message": "Sign in", "url": "https://example.org/login"}
CARRIED: JsonObject = {
    "type": "mcp_elicitation",
    "tool_name": "signup",
    "requests": [
        {"key": "who", "message": "Who?", "mode": "form", "requested_schema": FORM_SCHEMA},
        {"key": "go", "message": "Sign in", "mode": "url", "url": "https://example.org/login"},
    ],
}
SENSITIVE: JsonObject = {"action": "refund", "args": REFUND_ARGS, "description": "Refund?"}
DOCS_TEXT = "Trying to call `book_hotel` with args {'hotel_name': 'McKittrick'}. Please approve or suggest edits."
YES_NO: JsonObject = {"type": "string", "enum": ["Approve", "Reject", "later"]}
SUMMARY: JsonObject = {
    "type": "object",
    "properties": {"edited_summary": {"type": "string"}},
    "required": ["edited_summary"],
    "default": {"edited_summary": "as generated"},
}

accept = DecisionType.ACCEPT
edit = DecisionType.EDIT
reject = DecisionType.REJECT
respond = DecisionType.RESPOND
EVERY_TYPE = (accept, edit, reject, respond)


def ask(
    value: Json,
    schema: JsonObject | None = None,
    inside: Call | None = None,
    calls: tuple[Call, ...] = (),
    nodes: tuple[str, ...] = (),
) -> Ask:
    return Ask("id", value, schema, inside, calls, nodes)


def question(
    value: Json,
    schema: JsonObject | None = None,
    inside: Call | None = None,
    calls: tuple[Call, ...] = (),
    nodes: tuple[str, ...] = (),
) -> Question:
    return read(ask(value, schema, inside, calls, nodes))


def only(
    value: Json, schema: JsonObject | None = None, inside: Call | None = None, calls: tuple[Call, ...] = ()
) -> Request:
    """Return the one request of a question."""
    (request,) = question(value, schema, inside, calls).requests
    return request


def decide(
    kind: DecisionType,
    args: JsonObject | None = None,
    message: str | None = None,
    value: Json | Missing = MISSING,
    index: int = 0,
) -> Decision:
    return Decision(kind, index, args, message, value)


def check_all(asked: Question, decisions: Mapping[int, Decision]) -> None:
    """Check the decisions as they are checked when they come in."""
    for decision in decisions.values():
        check_one(asked, decision)
