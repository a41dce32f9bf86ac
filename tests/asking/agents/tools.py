"""Tools that ask, each in another shape, in every place where a tool can be called."""

import json
from collections.abc import Callable
from typing import Any

from asking_effects import effect
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import HumanMessage
from langchain_core.tools import BaseTool, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from interrupt_mcp import sensitive
from interrupt_mcp_agents.offline import OfflineModel


def done(**args: Any) -> str:
    effect("pay", args)
    return f"paid {json.dumps(args)}"


@tool
def from_text(to: str, amount: float, times: int = 1, urgent: bool = False, note: dict | None = None) -> str:
    """Asks with a text and knows accept only, as LangGraph's first examples do."""
    answer = interrupt(f"Trying to call `from_text` with {to} {amount}. Please approve.")
    if answer["type"] != "accept":
        raise ValueError(f"Unknown response type: {answer['type']}")
    return done(to=to, amount=amount, times=times, urgent=urgent, note=note)


@tool
def from_object(to: str, amount: float, times: int = 1, urgent: bool = False, note: dict | None = None) -> str:
    """Asks with an object that names the tool and its arguments."""
    answer = interrupt({"action": "from_object", "args": {"to": to, "amount": amount}})
    if answer["type"] == "edit":
        to, amount = answer["args"]["to"], answer["args"]["amount"]
    return done(to=to, amount=amount, times=times, urgent=urgent, note=note)


@tool
@sensitive
def from_sensitive(to: str, amount: float, times: int = 1, urgent: bool = False, note: dict | None = None) -> str:
    """Does not ask: `sensitive` does."""
    return done(to=to, amount=amount, times=times, urgent=urgent, note=note)


def _inbox(args: dict[str, Any], action: str) -> dict[str, Any]:
    return {
        "action_request": {"action": action, "args": args},
        "config": {"allow_accept": True, "allow_edit": True, "allow_respond": True, "allow_ignore": True},
        "description": f"May {action} be called?",
    }


def _taken(answer: dict[str, Any], args: dict[str, Any]) -> str:
    """As the wrapper in LangGraph's docs treats an answer of Agent Inbox."""
    if answer["type"] == "accept":
        return done(**args)
    if answer["type"] == "edit":
        return done(**answer["args"]["args"])
    if answer["type"] == "response":
        return f"the person says: {answer['args']}"
    raise ValueError(f"Unsupported response type: {answer['type']}")


@tool
def from_inbox_list(to: str, amount: float, times: int = 1, urgent: bool = False, note: dict | None = None) -> str:
    """Asks as Agent Inbox wants it, in a list."""
    args = {"to": to, "amount": amount, "times": times, "urgent": urgent, "note": note}
    return _taken(interrupt([_inbox(args, "from_inbox_list")])[0], args)


@tool
def from_inbox_bare(to: str, amount: float, times: int = 1, urgent: bool = False, note: dict | None = None) -> str:
    """Asks as Agent Inbox wants it, without the list."""
    args = {"to": to, "amount": amount, "times": times, "urgent": urgent, "note": note}
    return _taken(interrupt(_inbox(args, "from_inbox_bare")), args)


@tool
def plain(to: str, amount: float, times: int = 1, urgent: bool = False, note: dict | None = None) -> str:
    """Asks nothing; LangChain's middleware asks before it is called."""
    return done(to=to, amount=amount, times=times, urgent=urgent, note=note)


@tool
def from_query(query: str) -> str:
    """Asks a person a question of its own, as LangGraph's `human_assistance` does."""
    answer = interrupt({"query": query})
    effect("asked", answer)
    return f"the person says: {answer['data']}"


@tool
def from_form(question: str) -> str:
    """Asks with the form of an MCP server, as LangChain's `langchain.mcp` hands it on."""
    schema = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
    entry = {"key": "k", "message": question, "mode": "form", "requested_schema": schema}
    answer = interrupt({"type": "mcp_elicitation", "tool_name": "from_form", "requests": [entry]})["responses"]["k"]
    effect("asked", answer)
    return f"the person did {json.dumps(answer)}"


Place = Callable[[BaseTool, list[Any]], Any]


def created(made: BaseTool, middleware: list[Any]) -> Any:
    return create_agent(OfflineModel(), [made], middleware=middleware)


def hand_built(made: BaseTool, middleware: list[Any]) -> Any:
    del middleware
    return hand_built_of([made])


def hand_built_of(tools: list[BaseTool]) -> Any:
    model = OfflineModel().bind_tools(tools)
    builder = StateGraph(MessagesState)
    builder.add_node("chat", lambda state: {"messages": [model.invoke(state["messages"])]})
    builder.add_node("tools", ToolNode(tools))
    builder.add_edge(START, "chat")
    builder.add_conditional_edges("chat", tools_condition)
    builder.add_edge("tools", "chat")
    return builder.compile()


def nested(made: BaseTool, middleware: list[Any]) -> Any:
    builder = StateGraph(MessagesState)
    builder.add_node("inner", created(made, middleware))
    builder.add_edge(START, "inner")
    return builder.compile()


def in_tool(made: BaseTool, middleware: list[Any]) -> Any:
    inner = created(made, middleware)

    @tool
    async def delegate(request: str) -> str:
        """Hands the request to another agent."""
        state = await inner.ainvoke({"messages": [HumanMessage(request)]})
        return str(state["messages"][-1].text)

    return create_agent(OfflineModel(), [delegate])


def in_sync_tool(made: BaseTool, middleware: list[Any]) -> Any:
    inner = created(made, middleware)

    @tool
    def delegate(request: str) -> str:
        """Hands the request to another agent."""
        return str(inner.invoke({"messages": [HumanMessage(request)]})["messages"][-1].text)

    return create_agent(OfflineModel(), [delegate])


def batched() -> HumanInTheLoopMiddleware:
    return HumanInTheLoopMiddleware(interrupt_on={"plain": True})


def per_call() -> HumanInTheLoopMiddleware:
    return HumanInTheLoopMiddleware(interrupt_on={"plain": True}, interrupt_mode="per_call")


PLACES: dict[str, Place] = {
    "created": created,
    "hand_built": hand_built,
    "nested": nested,
    "in_tool": in_tool,
    "in_sync_tool": in_sync_tool,
}
TOOLS: list[BaseTool] = [
    from_text,
    from_object,
    from_sensitive,
    from_inbox_list,
    from_inbox_bare,
    from_query,
    from_form,
]

for place_name, place in PLACES.items():
    for each in TOOLS:
        globals()[f"{place_name}_{each.name}"] = place(each, [])
    if place is not hand_built:
        globals()[f"{place_name}_batched"] = place(plain, [batched()])
        globals()[f"{place_name}_per_call"] = place(plain, [per_call()])


@tool
def in_two_steps(to: str) -> str:
    """Asks twice before it does anything."""
    first = interrupt(f"May in_two_steps look up {to}?")
    second = interrupt(f"May in_two_steps pay {to}?")
    effect("paid", [to, first["type"], second["type"]])
    return f"paid {to}"


@tool
def until_good(to: str) -> str:
    """Asks until the answer is good."""
    answer = interrupt({"question": f"How much for {to}?"})
    while not isinstance(answer, int):
        answer = interrupt({"question": f"{json.dumps(answer)} is no amount. How much for {to}?"})
    effect("paid", [to, answer])
    return f"paid {to} {answer}"


for place_name, place in PLACES.items():
    globals()[f"{place_name}_in_two_steps"] = place(in_two_steps, [])
    globals()[f"{place_name}_until_good"] = place(until_good, [])

stopping = create_agent(OfflineModel(), [plain], interrupt_before=["tools"])

every_tool = create_agent(OfflineModel(), [*TOOLS, plain, in_two_steps, until_good], middleware=[per_call()])
every_tool_batched = create_agent(OfflineModel(), [*TOOLS, plain], middleware=[batched()])
every_tool_hand_built = hand_built_of(TOOLS)
