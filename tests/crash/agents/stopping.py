"""Agents that stop at a breakpoint before three calls, of which one can be made to die."""

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from tests.scripted import call, die_at, effect, turns


@tool
def do(name: str, how: str = "well") -> str:
    """Do."""
    die_at(f"before {name}")
    effect(f"{name} {how}")
    die_at(f"after {name}")
    return f"did {name}"


CALLS = (call("do", name="a"), call("do", name="b"), call("do", name="c"))
sent = create_agent(turns(*CALLS), [do], interrupt_before=["tools"])


def _think(state: MessagesState) -> dict[str, object]:
    return {"messages": [turns(*CALLS).invoke(state["messages"])]}


_built = StateGraph(MessagesState).add_node("think", _think).add_node("tools", ToolNode([do]))
_built.add_edge(START, "think").add_conditional_edges("think", tools_condition).add_edge("tools", "think")
in_one_task = _built.compile(interrupt_before=["tools"])
within = StateGraph(MessagesState).add_node("sub", sent).add_edge(START, "sub").compile()


@tool
async def delegate(to: str) -> str:
    """Have another agent do it."""
    return str((await sent.ainvoke({"messages": [("user", "go")]}))["messages"][-1].text)


in_a_tool = create_agent(turns(call("delegate", to="it")), [delegate])
