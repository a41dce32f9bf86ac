"""Agents whose call is made deep inside, by an agent in a tool, or was shown by no question."""

from typing import Annotated, Any, TypedDict

from langchain.agents import create_agent
from langchain_core.tools import BaseTool, tool
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from tests.crash.agents.several import ASKING, acting, calls
from tests.scripted import call, turns

ask_and_do, do = acting(others=1)
inner_batched = create_agent(calls("do", "b"), [do], middleware=[ASKING])
inner_that_asks = create_agent(calls("ask_and_do", "b"), [ask_and_do])


@tool("delegate")
async def delegate_batched(to: str) -> str:
    """Have another agent do it."""
    said = await inner_batched.ainvoke({"messages": [("user", "go")]})
    return said["messages"][-1].text


@tool("delegate")
async def delegate_asking(to: str) -> str:
    """Have another agent do it."""
    said = await inner_that_asks.ainvoke({"messages": [("user", "go")]})
    return said["messages"][-1].text


def outer(delegate: BaseTool) -> Any:
    return create_agent(turns(call("delegate", to="it"), call("do", name="a")), [delegate, do])


batched_inside = outer(delegate_batched)
asking_inside = outer(delegate_asking)


class State(TypedDict):
    chat: Annotated[list[Any], add_messages]


_, do_at_once = acting(others=0)
model = calls("do", "b")


def think(state: State) -> State:
    return {"chat": [model.invoke(state["chat"])]}


def review(state: State) -> None:
    """Ask as LangChain's middleware does, but for messages where nobody looks for them."""
    made = state["chat"][-1].tool_calls
    allowed = [{"action_name": one["name"], "allowed_decisions": ["approve", "reject"]} for one in made]
    actions = [{"name": one["name"], "args": one["args"]} for one in made]
    interrupt({"action_requests": actions, "review_configs": allowed})


def where(state: State) -> str:
    return "review" if state["chat"][-1].tool_calls else END


_unseen = StateGraph(State)
_unseen.add_node("think", think)
_unseen.add_node("review", review)
_unseen.add_node("tools", ToolNode([do_at_once], messages_key="chat"))
_unseen.add_edge(START, "think")
_unseen.add_conditional_edges("think", where)
_unseen.add_edge("review", "tools")
_unseen.add_edge("tools", "think")
unseen = _unseen.compile()
