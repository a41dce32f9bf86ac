"""Where a question about tool calls comes from, and so who hears the answer: the model, or code of the agent's.

Which calls a question is about is read from the messages, and does not tell who asks.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from interrupt_mcp.model import Ask, Call, Effect

_MIDDLEWARE = ".after_model"
"""How LangChain ends the name of a node in which a middleware looks at the calls that a model made."""


def with_inner_calls(ask: Ask, records: Iterable[Effect], tool_nodes: Collection[str]) -> Ask:
    """Return the question, with its calls marked as inner ones where code hears the answer before the model.

    That is where a plain node asks or makes the call, and where an agent asks that runs inside a call on record.
    """
    asked_before = _by_middleware(ask, tool_nodes) or bool(ask.breakpoint_nodes)
    inner = not asked_before or _inside(ask.ns, records)
    return replace(
        ask,
        call=replace(ask.call, inner=True) if ask.call and _made_by_node(ask.call, tool_nodes) else ask.call,
        together=tuple(replace(call, inner=True) if _made_by_node(call, tool_nodes) else call for call in ask.together),
        calls=tuple(replace(call, inner=True) for call in ask.calls) if inner else ask.calls,
    )


def asked_by_us(records: Collection[Effect]) -> set[str]:
    """Return LangGraph's ids of what `sensitive` or the gate asked; the gate asks before the tool does."""
    from interrupt_mcp.effects.resume_slots import interrupt_ids

    first = (each for each in records if not each.call.function and (each.gated or each.call.asks_first))
    asked = {id_ for each in first for id_ in interrupt_ids(each.call.ns, each.slots[:1])}
    return asked | {each.langgraph_id for each in records if each.call.function}


def asked_by_gate(records: Collection[Effect]) -> set[str]:
    """Return LangGraph's ids of what the gate asked; of a call that passes it, it asks before the tool does."""
    from interrupt_mcp.effects.resume_slots import interrupt_ids

    gated = [each for each in records if each.gated]
    first = {id_ for e in gated if not e.call.function for id_ in interrupt_ids(e.call.ns, e.slots[:1])}
    return first | {each.langgraph_id for each in gated if each.call.function}


def _by_middleware(ask: Ask, tool_nodes: Collection[str]) -> bool:
    """Whether a middleware asks, or a tool node of the thread's own graph."""
    return ask.node.endswith(_MIDDLEWARE) or (not ask.ns and ask.node in tool_nodes)


def _inside(ns: str, records: Iterable[Effect]) -> bool:
    """Whether the graph of that namespace runs inside one of these calls."""
    around = {record.call.ns for record in records if not record.call.function}
    return any(ns == each or ns.startswith(f"{each}|") for each in around - {""})


def _made_by_node(call: Call, tool_nodes: Collection[str]) -> bool:
    """Whether it is a plain node of the thread's own graph that makes the call."""
    node, _, rest = call.ns.partition(":")
    return "|" not in rest and node not in tool_nodes
