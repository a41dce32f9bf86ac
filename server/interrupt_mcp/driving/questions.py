"""Questions: what people are asked at a pause, read from what the graph asks, as policy lets it be decided.

It does not know how the graph came to its pause, nor who keeps the questions.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from interrupt_mcp import authority, dialects
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.driving import rulings
from interrupt_mcp.driving.who_asks import asked_by_gate, asked_by_us, with_inner_calls
from interrupt_mcp.model import Ask, Effect, Interrupt, Question


def questions(
    asks: Iterable[Ask],
    records: Sequence[Effect],
    interrupts: Iterable[Interrupt],
    tool_nodes: Collection[str],
    policy: Policy,
    agent: str,
) -> dict[str, Question]:
    """Return what people are asked, by LangGraph's id; `records` and `interrupts` are those of the run."""
    ours, by_gate, interrupts = asked_by_us(records), asked_by_gate(records), tuple(interrupts)

    def known(ask: Ask) -> Ask:
        told = replace(ask, ours=ask.langgraph_id in ours, by_gate=ask.langgraph_id in by_gate)
        return with_inner_calls(rulings.shown_at_breakpoint(told, interrupts), records, tool_nodes)

    read = {ask.langgraph_id: dialects.read(known(ask)) for ask in asks}
    return {id_: authority.with_policy(policy, agent, question) for id_, question in read.items()}
