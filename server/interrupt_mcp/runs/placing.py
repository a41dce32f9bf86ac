"""Where a question comes from: the thread's own graph, or an agent that runs inside a tool call."""

from collections.abc import Sequence
from dataclasses import replace

from interrupt_mcp.model import Ask, Effect


def placed(ask: Ask, records: Sequence[Effect]) -> Ask:
    """The question, with its calls marked as inner ones where it comes out of one of these calls."""
    around = {record.call.ns for record in records if not record.call.function}
    if not any(ask.ns == ns or ask.ns.startswith(f"{ns}|") for ns in around):
        return ask
    return replace(ask, calls=tuple(replace(call, inner=True) for call in ask.calls))
