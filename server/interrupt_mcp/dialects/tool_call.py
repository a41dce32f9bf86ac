"""An `interrupt()` called inside a tool, or by a `sensitive` function outside one: may this call be made?

The tool may know nothing but accept: an edit is put into the call by the gate, and a rejected call is not made.
`sensitive` knows all four types and is always answered with a `type`, so that no value can pass for an approval.
"""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import chain, repeat
from typing import assert_never

from interrupt_mcp.dialects.answers import answer, rejection
from interrupt_mcp.dialects.arguments import check_args, takes
from interrupt_mcp.dialects.asked_together import DECISIONS, REQUESTS, entries_of
from interrupt_mcp.dialects.choices import offers_choices
from interrupt_mcp.dialects.instructions import Instruction, MakeCall, as_called, dropped
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.dialects.payload import TELLING, describe, named_object, nodes, same
from interrupt_mcp.dialects.schemas import properties_of, resolve
from interrupt_mcp.dialects.shape import in_order
from interrupt_mcp.model import Ask, Call, Decision, DecisionType, Dialect, Json, JsonObject, Question, Request

_ASKING = frozenset(
    (
        "ask",
        "choice",
        "choices",
        "hint",
        "instruction",
        "instructions",
        "label",
        "message",
        "options",
        "placeholder",
        "prompt",
        "query",
        "question",
        "questions",
        "text",
        "title",
    )
)
"""Names under which a payload asks something, also where an argument of the tool is called the same."""

_BESIDE = (_ASKING | {*TELLING, "action", "kind", "name", "note", "reason", "tool", "tool_name", "type", "warning"}) - {
    "choices",
    "options",
}
"""Names under which a payload that is about the call says in words what it wants, besides arguments of the tool."""

_UNLESS_SAID = (DecisionType.ACCEPT, DecisionType.EDIT, DecisionType.REJECT)
"""What `sensitive` allows where its payload does not say."""


@dataclass(frozen=True, slots=True)
class _Sensitive:
    """The payload of our own `sensitive`."""

    action: str
    args: JsonObject
    allowed: tuple[DecisionType, ...]


def read(ask: Ask) -> Question | None:
    """Read what `sensitive` or the gate asks, or a tool that asks about its own call."""
    if ask.together:
        return _asked_together(ask)
    if ask.response_schema is not None:
        return None
    ours = _sensitive(ask.value)
    if ours is not None:
        return _question(ask, _sensitive_request(ask, ours))
    if ask.call is None or _is_question(ask.value, ask.call):
        return None
    call = ask.call
    return _question(ask, Request(0, call.name, call.complete, tuple(DecisionType), call.args_schema, call))


def _asked_together(ask: Ask) -> Question:
    """Read the gate's question about several calls: they are those on record, and the payload says what is allowed."""
    found = ask.value.get(REQUESTS) if isinstance(ask.value, dict) else None
    entries = found if isinstance(found, list) else []
    ours = [_sensitive(entry) for entry in entries]
    allowed = [each.allowed if each else _UNLESS_SAID for each in ours]
    requests = tuple(
        Request(index, call.name, call.complete, words, call.args_schema, call)
        for index, (call, words) in enumerate(zip(ask.together, chain(allowed, repeat(_UNLESS_SAID)), strict=False))
    )
    return Question(Dialect.TOOL_CALL, "\n\n".join(map(describe, entries)), requests, ask.value)


def _question(ask: Ask, request: Request) -> Question:
    return Question(Dialect.TOOL_CALL, describe(ask.value), (request,), ask.value)


def _sensitive(value: Json) -> _Sensitive | None:
    if not isinstance(value, dict) or value.keys() - {"allowed"} != {"action", "args", "description"}:
        return None
    found, words = named_object(value, "action"), value.get("allowed", [*_UNLESS_SAID])
    if found is None or not isinstance(value["description"], str) or not isinstance(words, list):
        return None
    allowed = in_order(kind for kind in DecisionType if kind in words)
    return _Sensitive(*found, allowed) if allowed else None


def _sensitive_request(ask: Ask, ours: _Sensitive) -> Request:
    """Return what `sensitive` asks about: the tool call itself where that is what runs, else a function."""
    call = ask.call
    if call is None or call.name != ours.action or ask.by_function:
        return Request(0, ours.action, ours.args, ours.allowed)
    if all(name in ours.args and ours.args[name] == value for name, value in call.args.items()):
        return Request(0, call.name, ours.args, ours.allowed, call.args_schema, call)
    return Request(0, ours.action, ours.args, ours.allowed, call.args_schema)


def _is_question(value: Json, call: Call) -> bool:
    """Whether the tool asks something else than whether its own call may be made.

    An object is about the call where it shows it, tool or arguments as a value of its own, or where it holds nothing
    but arguments of the tool and words; and where it offers no choices. Every other object is a question.
    """
    if not isinstance(value, dict):
        return False
    return offers_choices(value, call) or not (_shows_call(value, call) or _speaks_of_call(value, call))


def _shows_call(value: JsonObject, call: Call) -> bool:
    """Whether the tool's name, or an object of all arguments, is a value of its own or a name in the payload."""
    if any(isinstance(node, str) and node == call.name for node in _own_nodes(value, call)):
        return True
    inside = (node for node, depth in nodes(value) if depth and isinstance(node, dict))
    return bool(call.args) and any(same(node, args) for node in inside for args in (call.args, call.complete))


def _speaks_of_call(value: JsonObject, call: Call) -> bool:
    """Whether the payload names the tool or arguments of it, and holds nothing but such arguments and words."""
    name, arguments = re.compile(rf"(?<!\w){re.escape(call.name)}(?!\w)"), _arguments(call)
    in_words = any(isinstance(node, str) and name.search(node) for node in _own_nodes(value, call))
    by_argument = not value.keys() <= _ASKING and not _names(value).isdisjoint(arguments)
    return (in_words or by_argument) and _holds_only(value, arguments)


def _own_nodes(value: JsonObject, call: Call) -> Iterator[object]:
    """Yield all values and names but the texts that the model gave as arguments: it may have named the tool there."""
    given = {text for text in call.args.values() if isinstance(text, str)}
    return (node for node, _ in nodes(value) if not (isinstance(node, str) and node in given))


def _holds_only(node: Json, arguments: Set[str]) -> bool:
    """Whether there is nothing in it but these arguments, and words about them."""
    if isinstance(node, list):
        return bool(node) and all(_holds_only(child, arguments) for child in node)
    if not isinstance(node, dict):
        return False
    return bool(node) and all(
        name in arguments or (name in _BESIDE and _is_words(child)) or _holds_only(child, arguments)
        for name, child in node.items()
    )


def _is_words(value: Json) -> bool:
    texts = value if isinstance(value, list) else [value]
    return all(text is None or isinstance(text, str) for text in texts)


def _names(value: Json) -> set[str]:
    return {name for node, _ in nodes(value) if isinstance(node, dict) for name in node}


def _arguments(call: Call) -> set[str]:
    schema = call.args_schema or {}
    return {*call.complete, *properties_of(resolve(schema, schema))}


def check(question: Question, request: Request, decision: Decision) -> None:
    """Refuse edited arguments that neither the tool nor its payload names."""
    if decision.type is DecisionType.EDIT and decision.args is not None:
        check_args(request, decision.args, elsewhere=() if _takes_types(question) else _names(question.value))


def write(question: Question, decisions: Mapping[int, Decision]) -> Json:
    """Write what the tool or `sensitive` reads: where the gate puts an edit in, it is accepted."""
    if entries_of(question) is not None:
        asked = [(request, request.call) for request in question.requests]
        return {
            DECISIONS: {
                str(call.position): _written(question, request, decisions[request.index])
                for request, call in asked
                if call is not None
            }
        }
    (request,) = question.requests
    return _written(question, request, decisions[request.index])


def _written(question: Question, request: Request, decision: Decision) -> Json:
    match decision.type:
        case DecisionType.ACCEPT:
            return {"type": "accept"}
        case DecisionType.EDIT if _gate_edits(request, decision):
            return {"type": "accept"}
        case DecisionType.EDIT:
            return {"type": "edit", "args": decision.args}
        case DecisionType.REJECT:
            return rejection(decision)
        case DecisionType.RESPOND if _takes_types(question):
            return {"type": "respond", "value": answer(decision)}
        case DecisionType.RESPOND:
            return answer(decision)
        case _ as never:
            assert_never(never)


def _takes_types(question: Question) -> bool:
    """Whether `sensitive` or the gate asks, each answer to which has a `type`."""
    return _sensitive(question.value) is not None or entries_of(question) is not None


def _gate_edits(request: Request, decision: Decision) -> bool:
    """Whether the gate can put the edit in: there is a call, and every name is an argument of its tool."""
    return request.call is not None and all(takes(request, name) for name in decision.args or {})


def instruction(_question: Question, request: Request, decision: Decision) -> Instruction:
    """Have an edit put into the call; a function inside the tool, with arguments of its own, is told of it instead."""
    match decision.type:
        case DecisionType.ACCEPT | DecisionType.RESPOND:
            return as_called(request)
        case DecisionType.EDIT:
            return MakeCall(decision.args if _gate_edits(request, decision) else None)
        case DecisionType.REJECT:
            return dropped(decision)
        case _ as never:
            assert_never(never)


def outcome(question: Question, request: Request, kind: DecisionType) -> Outcome:
    """Return what becomes of the call: only the gate and `sensitive` give an answer for it, or make it as edited."""
    is_yes = kind in (DecisionType.ACCEPT, DecisionType.EDIT)
    if question.ours:
        return Outcome.MADE if is_yes else Outcome.NOT_MADE
    if question.inside is not None and kind is DecisionType.REJECT:
        return Outcome.STOPS
    edits_call = kind is DecisionType.EDIT and request.call is not None
    if question.inside is not None and (edits_call or kind is DecisionType.ACCEPT):
        return Outcome.RUNS_ON
    return Outcome.HEARD


def leads_on(_question: Question, request: Request, kind: DecisionType) -> bool:
    """Whether code goes on with the decision: not with a rejected call; a function raises, and code may catch it."""
    return kind is not DecisionType.REJECT or request.call is None or request.call.inner
