"""Agents that ask in every shape and do what they asked about on any answer that is not empty, however it reads."""

from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.tools import tool
from langchain_core.messages import AIMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict

from interrupt_mcp import sensitive
from tests.scripted import Scripted, call, effect

INBOX = {"allow_accept": True, "allow_edit": True, "allow_respond": True, "allow_ignore": True}
FORM = {"mode": "form", "message": "How?", "requestedSchema": {"type": "object", "properties": {}}}
ADDRESS = {"mode": "url", "message": "Sign in", "url": "https://example.com/in"}
ALL = ("accept", "edit", "reject", "respond")
ITEM = {"action_request": {"action": "pay", "args": {"amount": 5}}, "config": INBOX}
WORDS = ("approve", "edit", "reject", "respond")
BATCH = {
    "action_requests": [{"name": "pay", "args": {"amount": 5}, "description": "Pay?"}],
    "review_configs": [{"action_name": "pay", "allowed_decisions": [*WORDS]}],
}
LOOKS_SENSITIVE = {"action": "pay", "args": {"amount": 5}, "description": "Pay?", "allowed": [*ALL]}
SAYS: dict[str, Any] = {
    "text": "pay 5?",
    "inbox": [ITEM],
    "batch": BATCH,
    "looks_sensitive": LOOKS_SENSITIVE,
    "question": {"query": "Really?"},
    "form": FORM,
    "address": ADDRESS,
    "a_function": {**LOOKS_SENSITIVE, "action": "send"},
}


TURN = Scripted(turns=[[call("pay", amount=5)]])


class State(TypedDict, total=False):
    answer: Any


def _tool(says: Any) -> Any:
    @tool
    def pay(amount: int) -> str:
        "Pay an amount."
        if interrupt(says):
            effect(f"paid {amount}")
        return "over"

    return create_agent(TURN, [pay])


def _node(says: Any, schema: Any = None) -> Any:
    def act(state: State) -> State:
        answer = interrupt(says, response_schema=schema)
        if answer:
            effect("paid 5")
        return {"answer": answer}

    return StateGraph(State).add_node("act", act).add_edge(START, "act").compile()


@tool
def pay(amount: int) -> str:
    "Pay an amount."
    effect(f"paid {amount}")
    return "paid"


@tool("pay")
@sensitive(allow=ALL)
def marked(amount: int) -> str:
    "Pay an amount."
    effect(f"paid {amount}")
    return "paid"


@sensitive(allow=ALL)
def paying(amount: int) -> str:
    "Pay an amount."
    effect(f"paid {amount}")
    return "paid"


@tool("pay")
def through_a_function(amount: int) -> str:
    "Pay an amount."
    return str(paying(amount))


@tool("pay")
def asking_sometimes(amount: int) -> str:
    "Pay an amount."
    if amount > 1 and interrupt(LOOKS_SENSITIVE):
        effect(f"paid {amount}")
    return "over"


def act(state: State) -> State:
    return {"answer": paying(5)}


@tool
async def delegate() -> str:
    "Have another agent pay."
    done = await middleware.ainvoke({"messages": [{"role": "user", "content": "go"}]})
    return str(done["messages"][-1].text)


def act_unasked(state: State) -> State:
    effect("paid 5")
    return {"answer": "paid"}


tool_text, tool_inbox, tool_batch, tool_looks_sensitive, tool_question, tool_form, tool_address, tool_a_function = (
    _tool(says) for says in SAYS.values()
)
node_text, node_inbox, node_batch, node_looks_sensitive = (
    _node(SAYS[name]) for name in ("text", "inbox", "batch", "looks_sensitive")
)
node_like_middleware = (
    StateGraph(MessagesState)
    .add_node("model", lambda _: {"messages": [AIMessage("", tool_calls=[call("pay", amount=5)])]})
    .add_node("act", lambda _: {"messages": [AIMessage("paid")]} if interrupt(BATCH) and not effect("paid 5") else {})
    .add_edge(START, "model")
    .add_edge("model", "act")
    .compile()
)
node_form, node_address = _node(FORM), _node(ADDRESS)
node_yes_no = _node("Pay?", {"enum": ["yes", "no"]})
node_default = _node("Pay?", {"type": "object", "properties": {"to": {"type": "string"}}, "default": {"to": "bob"}})
gated = create_agent(TURN, [pay])
gated_and_asking = create_agent(TURN, [asking_sometimes])
tool_calling_a_function = create_agent(TURN, [through_a_function])
sensitive_tool = create_agent(TURN, [marked])
sensitive_function = StateGraph(State).add_node("act", act).add_edge(START, "act").compile()
middleware = create_agent(
    TURN, [pay], middleware=[HumanInTheLoopMiddleware(interrupt_on={"pay": {"allowed_decisions": [*WORDS]}})]
)
nested = create_agent(Scripted(turns=[[call("delegate")]]), [delegate])
stopping_before_tools = create_agent(TURN, [pay], interrupt_before=["tools"])
stopping = StateGraph(State).add_node("act", act_unasked).add_edge(START, "act").compile(interrupt_before=["act"])
