"""The ways in which graphs ask, and what comes of each of the four words: one table for the tests and the docs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALL = ("accept", "edit", "reject", "respond")
GIVEN: dict[str, Any] = {"to": "bob", "amount": 5.5, "times": 2, "urgent": True, "note": {"a": [1, None, 2.5, "x"]}}
EDITED: dict[str, Any] = {
    "to": "al",
    "amount": 7.25,
    "times": 3,
    "urgent": False,
    "note": {"b": {"c": [True, 0, -1.5]}},
}
NULLED: dict[str, Any] = {**EDITED, "note": None}
WORDS = 'too dear, says "the boss"'


@dataclass(frozen=True)
class Answer:
    """A decision, what the agent then does outside, and what it says in the same call's result."""

    decision: Mapping[str, Any]
    effects: tuple[Any, ...] = ()
    says: str = ""


@dataclass(frozen=True)
class Way:
    """One way in which something asks."""

    dialect: str
    allowed: tuple[str, ...]
    action: str
    args: Mapping[str, Any]
    answers: Mapping[str, Answer] = field(default_factory=dict)


def accept(**more: Any) -> dict[str, Any]:
    return {"type": "accept", **more}


def edit(args: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "edit", "args": dict(args), **more}


def reject(message: str | None = WORDS, **more: Any) -> dict[str, Any]:
    return {"type": "reject", **({} if message is None else {"message": message}), **more}


def respond(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "respond", "value": value, **more}


def paid(args: Mapping[str, Any]) -> Any:
    return ["pay", dict(args)]


def _tool(dialect: str, action: str, allowed: tuple[str, ...] = ALL, **answers: Answer) -> Way:
    """A tool that pays: the same on accept, edit and reject, whatever its shape."""
    known = {
        "accept": Answer(accept(), (paid(GIVEN),), "paid"),
        "edit": Answer(edit(EDITED), (paid(EDITED),), "al"),
        "edit to null": Answer(edit(NULLED), (paid(NULLED),), "null"),
        "reject": Answer(reject(), (), WORDS),
        "reject without words": Answer(reject(None), (), "did not succeed"),
        **answers,
    }
    return Way(dialect, allowed, action, GIVEN, known)


SAID = "ask the accountant"
TOOLS: dict[str, Way] = {
    "from_text": _tool("tool_call", "from_text", respond=Answer(respond({"type": "accept"}), (paid(GIVEN),), "paid")),
    "from_object": _tool(
        "tool_call",
        "from_object",
        respond=Answer(
            respond({"type": "edit", "args": {"to": "al", "amount": 1}}),
            (paid({**GIVEN, "to": "al", "amount": 1}),),
            "al",
        ),
    ),
    "from_sensitive": _tool("tool_call", "from_sensitive", ("accept", "edit", "reject")),
    "from_inbox_list": _tool("agent_inbox", "from_inbox_list", respond=Answer(respond(SAID), (), SAID)),
    "from_inbox_bare": _tool("agent_inbox", "from_inbox_bare", respond=Answer(respond(SAID), (), SAID)),
    "batched": _tool("middleware", "plain", respond=Answer(respond(SAID), (), SAID)),
    "per_call": _tool("middleware", "plain", respond=Answer(respond(SAID), (), SAID)),
    "from_query": Way(
        "freeform",
        ("reject", "respond"),
        "from_query",
        {"query": "How old is bob?"},
        {
            "respond": Answer(respond({"data": "42"}), (["asked", {"data": "42"}],), "the person says: 42"),
            "reject": Answer(reject(), (), WORDS),
        },
    ),
    "from_form": Way(
        "elicitation",
        ("reject", "respond"),
        "from_form",
        {"message": "Which size?"},
        {
            "respond": Answer(
                respond({"size": 4}), (["asked", {"action": "accept", "content": {"size": 4}}],), '{"size": 4}'
            ),
            "reject": Answer(reject(), (["asked", {"action": "decline"}],), "decline"),
        },
    ),
}
QUESTION = {"from_query": {"query": "How old is bob?"}, "from_form": {"question": "Which size?"}}


def call(tool: str, args: Mapping[str, Any]) -> str:
    """What makes the offline model call a tool."""
    return f"call {tool} {json.dumps(args)}"


def told(answer: Any) -> tuple[Any, ...]:
    return (["told", answer],)


def _question(allowed: tuple[str, ...], args: Mapping[str, Any] | None = None, **answers: Any) -> Way:
    """A node that asks freely: the decision for each word, and the answer that the node gets."""
    known = {word: Answer(decision, told(got), json.dumps(got)) for word, (decision, got) in answers.items()}
    return Way("freeform", allowed, "answer", args or {}, known)


def _action(dialect: str, allowed: tuple[str, ...] = ALL, **answers: Any) -> Way:
    """A node that asks about something it calls `do`."""
    known = {word: Answer(decision, told(got), json.dumps(got)) for word, (decision, got) in answers.items()}
    return Way(dialect, allowed, "do", {"topic": "TOPIC"}, known)


DEEP = {"a": [1, 2.5, None, True, {"b": "ü"}], "": -0.5}
_INBOX = {
    "accept": (accept(), {"type": "accept", "args": None}),
    "edit": (
        edit({"topic": "else"}),
        {"type": "edit", "args": {"action": "do", "args": {"topic": "else"}}},
    ),
    "respond": (respond("as you like"), {"type": "response", "args": "as you like"}),
    "reject": (reject(), {"type": "ignore", "args": None}),
}
NODES: dict[str, Way] = {
    "text": _question(
        ("respond",),
        respond=(respond("yes"), "yes"),
        message=({"type": "respond", "message": "in words"}, "in words"),
        integer=(respond(0), 0),
        false=(respond(False), False),
        null=(respond(None), None),
        empty=(respond({}), {}),
        deep=(respond(DEEP), DEEP),
        hexadecimal=(respond({"0" * 32: 1}), {"0" * 32: 1}),
    ),
    "an_object": _question(("respond",), respond=(respond([1]), [1])),
    "nothing": _question(("respond",), respond=(respond(None), None)),
    "person": _question(
        ("edit", "respond"),
        respond=(respond({"name": "Al", "age": 3}), {"name": "Al", "age": 3}),
        edit=(edit({"name": "Al", "age": 3}), {"name": "Al", "age": 3}),
    ),
    "order": _question(
        ("edit", "respond"),
        respond=(respond({"item": "tea", "count": 3}), {"item": "tea", "count": 3}),
        edit=(edit({"item": "tea", "count": 3}), {"item": "tea", "count": 3}),
    ),
    "yes_no": _question(
        ("accept", "reject", "respond"),
        accept=(accept(), True),
        reject=(reject(), False),
        respond=(respond(False), False),
    ),
    "enum": _question(
        ("accept", "reject", "respond"),
        accept=(accept(), "approve"),
        reject=(reject(), "reject"),
        respond=(respond("later"), "later"),
    ),
    "summary": _question(
        ("accept", "edit", "respond"),
        {"summary": "TOPIC"},
        accept=(accept(), {"summary": "TOPIC"}),
        edit=(edit({"summary": "new"}), {"summary": "new"}),
        respond=(respond({"summary": "new"}), {"summary": "new"}),
    ),
    "fields": _question(
        ("edit", "respond"),
        edit=(edit({"count": 3}), {"count": 3}),
        respond=(respond({"count": 3}), {"count": 3}),
    ),
    "number": _question(("respond",), respond=(respond(3), 3)),
    "inbox_list": _action("agent_inbox", **_INBOX),
    "inbox_bare": _action("agent_inbox", **_INBOX),
    "inbox_respond_only": _action(
        "agent_inbox",
        ("reject", "respond"),
        respond=_INBOX["respond"],
        reject=(reject(), {"type": "response", "args": WORDS}),
    ),
    "middleware_like": _action(
        "middleware",
        accept=(accept(), {"type": "approve"}),
        edit=(
            edit({"topic": "else"}),
            {"type": "edit", "edited_action": {"name": "do", "args": {"topic": "else"}}},
        ),
        reject=(reject(), {"type": "reject", "message": WORDS}),
        respond=(respond("as you like"), {"type": "respond", "message": "as you like"}),
    ),
    "form": Way(
        "elicitation",
        ("reject", "respond"),
        "elicitation",
        {"message": "Which TOPIC?"},
        {
            "respond": Answer(respond({"size": 4}), told({"action": "accept", "content": {"size": 4}}), '"size": 4'),
            "reject": Answer(reject(), told({"action": "decline"}), "decline"),
        },
    ),
    "url": Way(
        "elicitation",
        ("accept", "reject"),
        "elicitation",
        {"message": "Sign in for TOPIC", "url": "https://example.com/in"},
        {
            "accept": Answer(accept(), told({"action": "accept"}), "accept"),
            "reject": Answer(reject(), told({"action": "decline"}), "decline"),
        },
    ),
    "by_sensitive": Way(
        "tool_call",
        ALL,
        "mail",
        {"topic": "TOPIC", "copies": 1},
        {
            "accept": Answer(
                accept(),
                (["mail", {"topic": "TOPIC", "copies": 1}], ["told", "mailed TOPIC 1"]),
                "mailed TOPIC 1",
            ),
            "edit": Answer(
                edit({"topic": "else", "copies": 2}),
                (["mail", {"topic": "else", "copies": 2}], ["told", "mailed else 2"]),
                "mailed else 2",
            ),
            "respond": Answer(respond({"done": "by hand"}), told({"done": "by hand"}), "by hand"),
        },
    ),
}


def about(thing: Any, topic: str) -> Any:
    """The table's entry with the topic that the node was given."""
    return json.loads(json.dumps(thing).replace("TOPIC", topic))
