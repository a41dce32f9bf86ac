"""An MCP elicitation carried by the graph: LangChain's, with several questions, and Agent Server's, with one.

A form is answered with its content, an address by going there; to reject is to decline. It knows nothing of MCP's wire.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from interrupt_mcp.dialects.answers import answer, check_answer, label
from interrupt_mcp.dialects.instructions import Instruction, as_called
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.dialects.payload import brief
from interrupt_mcp.errors import InvalidDecision
from interrupt_mcp.model import Ask, Decision, DecisionType, Dialect, Json, JsonObject, Question, Request


@dataclass(frozen=True, slots=True)
class _Entry:
    """One question: a form with a schema, or an address."""

    message: str
    key: str = ""
    """Under which it is answered, where there are several."""
    schema: JsonObject | None = None
    """What a form must be filled in with."""
    url: str | None = None
    """The address; `None` for a form."""

    @property
    def args(self) -> JsonObject:
        """What the person is shown."""
        shown: JsonObject = {"message": self.message}
        return shown if self.url is None else shown | {"url": self.url}

    @property
    def allowed(self) -> tuple[DecisionType, ...]:
        """What the person may decide."""
        if self.url is None:
            return (DecisionType.REJECT, DecisionType.RESPOND)
        return (DecisionType.ACCEPT, DecisionType.REJECT)


def read(ask: Ask) -> Question | None:
    """Read an elicitation into a question with a request for each form or address."""
    entries = _entries(ask.value)
    if not entries:
        return None
    requests = tuple(
        Request(index, _action(ask.value), entry.args, entry.allowed, call=ask.call)
        for index, entry in enumerate(entries)
    )
    description = "\n\n".join(entry.message for entry in entries)
    return Question(Dialect.ELICITATION, description, requests, ask.value, ask.response_schema)


def _entries(value: Json) -> tuple[_Entry, ...]:
    if not isinstance(value, dict):
        return ()
    if value.get("type") != "mcp_elicitation":
        entry = _entry(value, schema_name="requestedSchema")
        return () if entry is None else (entry,)
    items = value.get("requests")
    if not isinstance(items, list):
        return ()
    found = [_keyed(raw) for raw in items]
    entries = tuple(entry for entry in found if entry is not None)
    # The answers are an object by key, so two questions with one key could not both be answered.
    return entries if len(entries) == len(found) == len({entry.key for entry in entries}) else ()


def _keyed(raw: Json) -> _Entry | None:
    key = raw.get("key") if isinstance(raw, dict) else None
    return _entry(raw, schema_name="requested_schema", key=key) if isinstance(key, str) else None


def _entry(raw: Json, schema_name: str, key: str = "") -> _Entry | None:
    if not isinstance(raw, dict) or not isinstance(message := raw.get("message"), str):
        return None
    mode, schema, url = raw.get("mode"), raw.get(schema_name), raw.get("url")
    if mode == "form" and isinstance(schema, dict):
        return _Entry(message, key, schema=schema)
    return _Entry(message, key, url=url) if mode == "url" and isinstance(url, str) and url else None


def _action(value: Json) -> str:
    name = value.get("tool_name") if isinstance(value, dict) else None
    return name if isinstance(name, str) and name else "elicitation"


def schema_of(question: Question, request: Request) -> JsonObject | None:
    """Return what the content of a form must satisfy; `None` for an address."""
    return _entries(question.value)[request.index].schema


def check(question: Question, request: Request, decision: Decision) -> None:
    """Refuse content that the form's schema does not allow, or that MCP does not take."""
    if decision.type is not DecisionType.RESPOND:
        return
    content = answer(decision)
    if not isinstance(content, dict):
        raise InvalidDecision(f"{label(request)}: the value must be an object, the content of the form")
    check_answer(request, content, schema_of(question, request) or {})
    for name, value in content.items():
        if not _flat(value):
            raise InvalidDecision(f'{label(request)}: "{brief(name)}" must be one value or a list of texts')


def _flat(value: Json) -> bool:
    """Whether MCP takes the value in a form; of another it raises too late, whatever the schema says."""
    if isinstance(value, list):
        return all(isinstance(raw, str) for raw in value)
    return not isinstance(value, dict)


def write(question: Question, decisions: Mapping[int, Decision]) -> Json:
    """Write what was answered: by key where several were asked."""
    entries = _entries(question.value)
    written = [_written(decisions[request.index]) for request in question.requests]
    if not isinstance(question.value, dict) or question.value.get("type") != "mcp_elicitation":
        return written[0]
    return {"responses": {entry.key: answered for entry, answered in zip(entries, written, strict=True)}}


def _written(decision: Decision) -> JsonObject:
    if decision.type is DecisionType.REJECT:
        return {"action": "decline"}
    if decision.type is DecisionType.ACCEPT:
        return {"action": "accept"}
    return {"action": "accept", "content": answer(decision)}


def instruction(_question: Question, request: Request, _decision: Decision) -> Instruction:
    """Let the tool go on, whatever the answer, to hand it to who asked: declining a question rejects no call."""
    return as_called(request)


def outcome(_question: Question, _request: Request, _kind: DecisionType) -> Outcome:
    """Return that whoever asks hears what was filled in, or that it was declined."""
    return Outcome.HEARD


def leads_on(_question: Question, _request: Request, _kind: DecisionType) -> bool:
    """Whether code goes on with the decision: always, as it hears of a declined question too."""
    return True
