"""LangChain's HumanInTheLoopMiddleware: batched (all gated calls of a turn in one interrupt) and one call each.

It knows LangChain's words. It does not know whether the middleware or a graph that copies it is asking.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from interrupt_mcp.dialects import matching
from interrupt_mcp.dialects.answers import answer_text, rejection
from interrupt_mcp.dialects.arguments import check_args
from interrupt_mcp.dialects.instructions import DropCall, Instruction, MakeCall, dropped
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.dialects.payload import named_object, text_of
from interrupt_mcp.dialects.schemas import properties_of, resolve
from interrupt_mcp.dialects.shape import in_order
from interrupt_mcp.model import Ask, Call, Decision, DecisionType, Dialect, Json, JsonObject, Question, Request


@dataclass(frozen=True, slots=True)
class _Action:
    """One action that is asked about."""

    name: str
    args: JsonObject
    description: str
    allowed: tuple[DecisionType, ...]


def read(ask: Ask) -> Question | None:
    """Read a batch, or the approval of one call, into a question with a request for each call."""
    batch = _batch(ask.value)
    if batch:
        known = matching.known(ask)
        claimed = matching.match(known, [(action.name, action.args) for action in batch])
        schemas = [matching.schema_of(known, action.name) for action in batch]
        return _question(ask, batch, claimed, schemas)
    single = _single(ask.value, ask.response_schema)
    if single:
        call = _call_of(ask, single)
        schema = call.args_schema if call and call.args_schema else _edit_schema(ask.response_schema)
        return _question(ask, (single,), (call,), [schema])
    return None


def _question(
    ask: Ask, actions: tuple[_Action, ...], claimed: tuple[Call | None, ...], schemas: list[JsonObject | None]
) -> Question:
    requests = tuple(
        Request(index, action.name, action.args, action.allowed, schema, call)
        for index, (action, call, schema) in enumerate(zip(actions, claimed, schemas, strict=True))
    )
    description = "\n\n".join(action.description for action in actions)
    return Question(Dialect.MIDDLEWARE, description, requests, ask.value, ask.response_schema)


def _batch(value: Json) -> tuple[_Action, ...]:
    """Return the actions of a batch in their order; none where any of it is not as LangChain makes it."""
    if not isinstance(value, dict):
        return ()
    items, configs = value.get("action_requests"), value.get("review_configs")
    if not isinstance(items, list) or not isinstance(configs, list):
        return ()
    by_name = {_config_name(config): config for config in reversed(configs)}
    actions: list[_Action] = []
    for index, raw in enumerate(items):
        found = named_object(raw, "name")
        if found is None:
            return ()
        config = configs[index] if index < len(configs) else None
        allowed = _allowed(config if _config_name(config) == found[0] else by_name.get(found[0]))
        if not allowed:
            return ()
        actions.append(_Action(*found, _description(raw, *found), allowed))
    return tuple(actions)


def _config_name(config: Json) -> str | None:
    name = config.get("action_name") if isinstance(config, dict) else None
    return name if isinstance(name, str) else None


def _allowed(config: Json) -> tuple[DecisionType, ...]:
    words = config.get("allowed_decisions") if isinstance(config, dict) else None
    return _types(words) if isinstance(words, list) else ()


def _types(words: list[Json]) -> tuple[DecisionType, ...]:
    return in_order(kind for word in words if (kind := _type(word)) is not None)


def _type(word: Json) -> DecisionType | None:
    match word:
        case "approve":
            return DecisionType.ACCEPT
        case "edit":
            return DecisionType.EDIT
        case "reject":
            return DecisionType.REJECT
        case "respond":
            return DecisionType.RESPOND
        case _:
            return None


def _description(raw: Json, name: str, args: JsonObject) -> str:
    text = raw.get("description") if isinstance(raw, dict) else None
    return text if isinstance(text, str) and text.strip() else f"{name} {text_of(args)}"


def _single(value: Json, schema: JsonObject | None) -> _Action | None:
    if not isinstance(value, dict) or value.get("type") != "tool_approval":
        return None
    found = named_object(value, "name")
    # LangChain always says what is allowed; where nobody says, its own default is everything.
    allowed = tuple(DecisionType) if schema is None else _types(_branch_types(schema))
    if found is None or not allowed:
        return None
    return _Action(*found, _description(value, *found), allowed)


def _branches(schema: JsonObject) -> list[JsonObject]:
    """Return the schema of each decision: a union of them, or just one where only one is allowed."""
    top = resolve(schema, schema)
    for union in ("oneOf", "anyOf"):
        members = top.get(union)
        if isinstance(members, list):
            return [resolve(schema, member) for member in members]
    return [top]


def _branch_types(schema: JsonObject) -> list[Json]:
    kinds = (resolve(schema, properties_of(branch).get("type")) for branch in _branches(schema))
    return [kind.get("const") for kind in kinds]


def _edit_schema(schema: JsonObject | None) -> JsonObject | None:
    """Return the argument schema that the edit branch shows, with the definitions it may refer to."""
    if schema is None:
        return None
    for branch in _branches(schema):
        edited = resolve(schema, properties_of(branch).get("edited_action"))
        args = resolve(schema, properties_of(edited).get("args"))
        if args:
            return {"$defs": schema["$defs"], **args} if "$defs" in schema else args
    return None


def _call_of(ask: Ask, action: _Action) -> Call | None:
    """Return the call with the id that the payload names. Models repeat ids: of several, the one with the arguments."""
    call_id = ask.value.get("tool_call_id") if isinstance(ask.value, dict) else None
    named = [call for call in matching.known(ask) if call.call_id == call_id and call.name == action.name]
    exact, *_ = matching.match(named, [(action.name, action.args)])
    return exact or next(iter(named), None)


def check(_question: Question, request: Request, decision: Decision) -> None:
    """Refuse edited arguments that the tool does not take."""
    if decision.type is DecisionType.EDIT and decision.args is not None:
        check_args(request, decision.args)


def write(question: Question, decisions: Mapping[int, Decision]) -> Json:
    """Write LangChain's decisions: a list of them for a batch."""
    written: list[Json] = [_written(request, decisions[request.index]) for request in question.requests]
    return {"decisions": written} if _batch(question.value) else written[0]


def _written(request: Request, decision: Decision) -> JsonObject:
    match decision.type:
        case DecisionType.ACCEPT:
            return {"type": "approve"}
        case DecisionType.EDIT:
            return {"type": "edit", "edited_action": {"name": request.action, "args": decision.args}}
        case DecisionType.REJECT:
            return rejection(decision)
        case DecisionType.RESPOND:
            return {"type": "respond", "message": answer_text(decision)}
        case _ as never:
            assert_never(never)


def leads_on(question: Question, request: Request, kind: DecisionType) -> bool:
    """Whether code goes on with the decision, as where a node or a tool asks so; else the model alone hears it."""
    if (call := question.inside) is not None:
        return kind is not DecisionType.REJECT or call.inner or len(question.requests) > 1
    return request.call is None or request.call.inner


def instruction(_question: Question, request: Request, decision: Decision) -> Instruction:
    """Return what to do with a call that still comes: the middleware answers a rejected or responded one itself."""
    match decision.type:
        case DecisionType.ACCEPT:
            return MakeCall(request.args)
        case DecisionType.EDIT:
            return MakeCall(decision.args)
        case DecisionType.REJECT:
            return dropped(decision)
        case DecisionType.RESPOND:
            return DropCall(answer_text(decision))
        case _ as never:
            assert_never(never)


def outcome(question: Question, request: Request, kind: DecisionType) -> Outcome:
    """Return what becomes of the call: a middleware asks before it is made; all else is code that asks as it does."""
    rejected = kind is DecisionType.REJECT
    if question.inside is not None:
        return Outcome.STOPS if rejected and len(question.requests) == 1 else Outcome.HEARD
    if request.call is None or request.call.inner:
        return Outcome.HEARD
    return Outcome.NOT_MADE if rejected or kind is DecisionType.RESPOND else Outcome.MADE
