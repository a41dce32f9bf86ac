"""Rows of the database as nouns of the model, and nouns as rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, assert_never

from interrupt_mcp.model import (
    MISSING,
    NO_BREAKPOINTS,
    Approver,
    Beginning,
    Breakpoints,
    Call,
    Channel,
    Decision,
    DecisionType,
    Dialect,
    Effect,
    EffectStatus,
    GraphInput,
    Interrupt,
    InterruptId,
    InterruptStatus,
    Message,
    Principal,
    Proof,
    Question,
    Request,
    RewindTo,
    Run,
    RunError,
    RunId,
    RunStatus,
    Scope,
    Terms,
    ThreadId,
)
from interrupt_mcp.model.previews import preview_body, preview_of
from interrupt_mcp.store.records import AskedCall, Made, Origin, Thread
from interrupt_mcp.store.sql.transaction import Row

_COMPACT = json.JSONEncoder(separators=(",", ":"))


def now() -> str:
    return moment_of(datetime.now(UTC))


def moment_of(moment: datetime) -> str:
    """Return the moment as it is kept: as text, which is greater for a later one."""
    return moment.isoformat(timespec="milliseconds")


def dump(value: Any) -> str:
    return _COMPACT.encode(value)


def load(text: str) -> Any:
    return json.loads(text)


def scopes_text(scopes: Iterable[Scope]) -> str:
    return ",".join(sorted(scopes))


def scopes_of(text: str) -> frozenset[Scope]:
    return frozenset(Scope(word) for word in text.split(",") if word)


@lru_cache(maxsize=1000)
def principal_of(text: str) -> Principal:
    return Principal.read(text)


def run_of(row: Row, interrupts: tuple[Interrupt, ...] = ()) -> Run:
    return Run(
        run_id=RunId(row["run_id"]),
        thread_id=ThreadId(row["thread_id"]),
        agent=row["agent"],
        principal=principal_of(row["principal"]),
        status=RunStatus(row["status"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
        answer=row["answer"],
        output=MISSING if row["output"] is None else load(row["output"]),
        error=None if row["error_code"] is None else RunError(row["error_code"], row["error_message"]),
        started_by=row["started_by"],
        interrupts=interrupts,
    )


def ended(run: Run, row: Row) -> Run:
    """Return the run, which was going on, as it is with these columns, when it has ended well."""
    return replace(
        run,
        status=RunStatus(row["status"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
        answer=row["answer"],
        output=load(row["output"]),
        error=None,
    )


def thread_of(row: Row) -> Thread:
    return Thread(ThreadId(row["thread_id"]), row["agent"], principal_of(row["principal"]), Approver(row["approver"]))


def beginning_of(body: Mapping[str, Any]) -> Beginning:
    """Return what a run begins with, from how it is kept: as an object with one key."""
    match body:
        case {"message": text}:
            return Message(text)
        case {"rewind": {"checkpoint_id": checkpoint_id, "values": values}}:
            return RewindTo(checkpoint_id, values)
        case _:
            return GraphInput(body["input"])


def breakpoints_of(body: Mapping[str, Sequence[str]] | None) -> Breakpoints:
    """Return where a run stops besides; a run of an older version has nothing there."""
    return NO_BREAKPOINTS if body is None else Breakpoints(tuple(body["before"]), tuple(body["after"]))


def breakpoints_body(breakpoints: Breakpoints) -> dict[str, Any]:
    return {"before": breakpoints.before, "after": breakpoints.after}


def beginning_body(begins: Beginning) -> dict[str, Any]:
    match begins:
        case Message(text):
            return {"message": text}
        case GraphInput(value):
            return {"input": value}
        case RewindTo(checkpoint_id, values):
            return {"rewind": {"checkpoint_id": checkpoint_id, "values": values}}
        case _ as never:
            assert_never(never)


def asked_call_of(row: Row) -> AskedCall:
    return AskedCall(
        row["action"], row["message_id"], row["position"], row["call_id"], Origin(row["origin"]), row["run_id"]
    )


def interrupt_of(row: Row, decisions: Iterable[Row]) -> Interrupt:
    return Interrupt(
        interrupt_id=InterruptId(row["interrupt_id"]),
        code=row["code"],
        run_id=RunId(row["run_id"]),
        thread_id=ThreadId(row["thread_id"]),
        agent=row["agent"],
        principal=principal_of(row["principal"]),
        status=InterruptStatus(row["status"]),
        question=question_of(load(row["question"])),
        digest=row["digest"],
        created_at=datetime.fromisoformat(row["created_at"]),
        langgraph_id=row["langgraph_id"],
        round=row["round"],
        in_doubt=tuple(load(row["in_doubt"])),
        delivered=bool(row["delivered"]),
        decisions={(d["round"], d["idx"]): (decision_of(d), proof_of(d)) for d in decisions},
    )


def interrupts_of(rows: Iterable[Row], decisions: Iterable[Row]) -> tuple[Interrupt, ...]:
    """Return the interrupts of a run, from their rows and from those of all decisions in it."""
    of: dict[str, list[Row]] = {}
    for row in decisions:
        of.setdefault(row["interrupt_id"], []).append(row)
    return tuple(interrupt_of(row, of.get(row["interrupt_id"], ())) for row in rows)


def question_of(body: Mapping[str, Any]) -> Question:
    return Question(
        dialect=Dialect(body["dialect"]),
        description=body["description"],
        requests=tuple(_request_of(r) for r in body["requests"]),
        value=body["value"],
        response_schema=body["response_schema"],
        inside=Call(**body["inside"]) if body.get("inside") else None,
        ours=body.get("ours", False),
        by_gate=body.get("by_gate", False),
    )


def _request_of(body: Mapping[str, Any]) -> Request:
    return Request(
        index=body["index"],
        action=body["action"],
        args=body["args"],
        allowed=tuple(DecisionType(word) for word in body["allowed"]),
        args_schema=body["args_schema"],
        call=Call(**body["call"]) if body["call"] else None,
        terms=_terms_of(body["terms"]) if "terms" in body else Terms(),
        preview=preview_of(body["preview"]) if body.get("preview") else None,
    )


def _terms_of(body: Mapping[str, Any]) -> Terms:
    channels, deciders = body["channels"], body.get("deciders")
    return Terms(
        approver=None if body["approver"] is None else Approver(body["approver"]),
        channels=None if channels is None else tuple(Channel(name) for name in channels),
        high_risk=body["high_risk"],
        deciders=None if deciders is None else tuple(deciders),
        require_other_person=body.get("require_other_person", False),
    )


def decision_of(row: Row) -> Decision:
    body = load(row["body"])
    return Decision(
        type=DecisionType(row["type"]),
        index=row["idx"],
        args=body.get("args"),
        message=body.get("message"),
        value=body.get("value", MISSING),
    )


def made_of(row: Row) -> Made:
    """Return a decision from its row, which carries what it is about and what came of it."""
    asked = next((each for each in load(row["question"])["requests"] if each["index"] == row["idx"]), None)
    return Made(
        interrupt_id=InterruptId(row["interrupt_id"]),
        code=row["code"],
        agent=row["agent"],
        run_id=RunId(row["run_id"]),
        thread_id=ThreadId(row["thread_id"]),
        action=row["action"],
        args_before={} if asked is None else asked["args"],
        decision=decision_of(row),
        proof=proof_of(row),
        round=row["round"],
        effect=None if row["effect_status"] is None else EffectStatus(row["effect_status"]),
        error=row["effect_error"] or "",
    )


def proof_of(row: Row) -> Proof:
    return Proof(Channel(row["channel"]), row["who"], datetime.fromisoformat(row["decided_at"]))


def effect_of(row: Row) -> Effect:
    return Effect(
        call=Call(**load(row["call"])),
        status=EffectStatus(row["status"]),
        slots=tuple(load(row["slots"])),
        subgraphs=tuple(load(row["subgraphs"])),
        langgraph_id=row["langgraph_id"],
        interrupt_id=row["interrupt_id"],
        index=row["idx"],
        args=None if row["args"] is None else load(row["args"]),
        result=None if row["result_type"] is None else (row["result_type"], row["result"]),
        error=row["error"],
        round=row["attempt"],
        gated=bool(row["gated"]),
    )


def question_body(question: Question) -> dict[str, Any]:
    return {
        **_fields_of(question),
        "requests": [_request_body(request) for request in question.requests],
        "inside": None if question.inside is None else call_body(question.inside),
    }


def call_body(call: Call) -> dict[str, Any]:
    return _fields_of(call)


def _request_body(request: Request) -> dict[str, Any]:
    call = None if request.call is None else call_body(request.call)
    preview = None if request.preview is None else preview_body(request.preview)
    return {**_fields_of(request), "call": call, "terms": _fields_of(request.terms), "preview": preview}


def _fields_of(noun: Call | Question | Request | Terms) -> dict[str, Any]:
    """Return the noun's own fields; `dataclasses.asdict` would copy all that is in them, too."""
    return {name: getattr(noun, name) for name in _NAMES[type(noun)]}


_NAMES = {noun: tuple(field.name for field in fields(noun)) for noun in (Call, Question, Request, Terms)}
