"""Where a question about tool calls comes from, and so who hears the answer: the model, or code of the agent's.

Which calls a question is about is read from the messages, and does not tell who asks.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from interrupt_mcp.model import Ask, Effect

_MIDDLEWARE = ".after_model"
"""How LangChain ends the name of a node in which a middleware looks at the calls that a model made."""


def placed(ask: Ask, records: Iterable[Effect], tool_nodes: Collection[str]) -> Ask:
    """The question, with its calls marked as inner ones where code hears the answer first.

    So it is where a plain node asks, and where an agent asks that runs inside one of the calls on record.
    """
    by_middleware = ask.node.endswith(_MIDDLEWARE) or (not ask.ns and ask.node in tool_nodes)
    around = {record.call.ns for record in records if not record.call.function}
    if by_middleware and not any(ask.ns == ns or ask.ns.startswith(f"{ns}|") for ns in around):
        return ask
    return replace(ask, calls=tuple(replace(call, inner=True) for call in ask.calls))
