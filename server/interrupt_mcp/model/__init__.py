"""The nouns: runs, interrupts, requests, decisions, effects and drawings, as plain values.

It knows nothing of LangGraph, MCP or SQL. Times are UTC and ISO 8601 text where they leave the process.
"""

from interrupt_mcp.access import Access, Principal, PrincipalKind
from interrupt_mcp.model.beginnings import NO_BREAKPOINTS, Beginning, Breakpoints, GraphInput, Message, RewindTo
from interrupt_mcp.model.drawing import Drawing, DrawnEdge, DrawnNode, NodeKind
from interrupt_mcp.model.filters import Filters
from interrupt_mcp.model.interrupts import (
    Ask,
    Decision,
    Interrupt,
    Proof,
    Question,
    Request,
    Terms,
    interrupt_digest,
    request_body,
)
from interrupt_mcp.model.runs import Run, RunError
from interrupt_mcp.model.tool_calls import Bound, Call, Effect, Performed
from interrupt_mcp.model.values import MISSING, Json, JsonObject, Missing, digest_of, to_json
from interrupt_mcp.words import (
    IN_DOUBT,
    Approver,
    Channel,
    DecisionType,
    Dialect,
    EffectStatus,
    InterruptId,
    InterruptStatus,
    RunId,
    RunStatus,
    Scope,
    ThreadId,
)

__all__ = [
    "IN_DOUBT",
    "MISSING",
    "NO_BREAKPOINTS",
    "Access",
    "Approver",
    "Ask",
    "Beginning",
    "Bound",
    "Breakpoints",
    "Call",
    "Channel",
    "Decision",
    "DecisionType",
    "Dialect",
    "Drawing",
    "DrawnEdge",
    "DrawnNode",
    "Effect",
    "EffectStatus",
    "Filters",
    "GraphInput",
    "Interrupt",
    "InterruptId",
    "InterruptStatus",
    "Json",
    "JsonObject",
    "Message",
    "Missing",
    "NodeKind",
    "Performed",
    "Principal",
    "PrincipalKind",
    "Proof",
    "Question",
    "Request",
    "RewindTo",
    "Run",
    "RunError",
    "RunId",
    "RunStatus",
    "Scope",
    "Terms",
    "ThreadId",
    "digest_of",
    "interrupt_digest",
    "request_body",
    "to_json",
]
