"""Agents that ask in every shape and place, and that act on a no wherever they hear one.

An effect named `no` is what code did because it was told no; `done` is the action itself.
"""

from collections.abc import Callable, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import ToolCall
from langchain_core.tools import BaseTool, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt
from typing_extensions import TypedDict

from interrupt_mcp import Rejected, sensitive
from tests.scripted import Scripted, call, effect

FORM = {"mode": "form", "message": "Size?", "requestedSchema": {"type": "object", "properties": {}}}
BATCH = {
    "action_requests": [{"name": "plain", "args": {"x": 1}, "description": "Do it?"}],
    "review_configs": [{"action_name": "plain", "allowed_decisions": ["approve", "reject"]}],
}


class State(TypedDict, total=False):
    answer: Any


def inbox(*, ignore: bool = True, name: str = "do") -> dict[str, Any]:
    allow = {"allow_accept": True, "allow_edit": False, "allow_respond": True, "allow_ignore": ignore}
    return {"action_request": {"action": name, "args": {"x": 1}}, "config": allow, "description": "Do it?"}


def heard(answer: Any) -> Any:
    """What code does with an answer: it acts either way."""
    said = answer.get("type", answer.get("action")) if isinstance(answer, dict) else answer
    yes = said in (True, "accept", "approve", "edit")
    effect("done" if yes else f"no {answer!r}")
    return answer


def node(ask: Callable[[], Any]) -> Any:
    return StateGraph(State).add_node("ask", lambda _: {"answer": ask()}).add_edge(START, "ask").compile()


yes_or_no = node(lambda: heard(interrupt("Keep the backup?", response_schema={"type": "boolean"})))
words = node(lambda: heard(interrupt("May I?", response_schema={"enum": ["approve", "reject"]})))
inbox_node = node(lambda: heard(interrupt([inbox()])[0]))
inbox_node_without_ignore = node(lambda: heard(interrupt(inbox(ignore=False))))
form_node = node(lambda: heard(interrupt(FORM)))
batch_node = node(lambda: heard(interrupt(BATCH)["decisions"][0]))


@sensitive
def wipe(disk: str) -> str:
    """Wipe a disk."""
    effect("done")
    return "wiped"


def wiped_or_not() -> str:
    try:
        return wipe("a")
    except Rejected as no:
        effect(f"no {no}")
        return "kept"


function_in_node = node(wiped_or_not)


def asking(name: str, ask: Callable[[], Any]) -> BaseTool:
    """A tool of that name that asks, and acts on what it hears."""

    def run(x: int) -> str:
        """Do it."""
        return str(heard(ask()))

    return tool(name)(run)


@tool
def plain(x: int) -> str:
    """Do it."""
    effect("done")
    return "did it"


def made(tools: Sequence[BaseTool], *middleware: Any, name: str = "") -> Any:
    """An agent that calls the first of the tools once, or the one named."""
    turns: list[list[ToolCall]] = [[call(name or tools[0].name, x=1)]]
    return create_agent(Scripted(turns=turns), tools, middleware=middleware)


def gated(mode: Any) -> Any:
    return made([plain], HumanInTheLoopMiddleware({"plain": True}, interrupt_mode=mode))


question_tool = asking("ask", lambda: interrupt({"query": "Which one?"}))
plain_tool = asking("act", lambda: interrupt("act?"))
asks_in_tool = made([plain_tool])
question_in_tool = made([question_tool])
yes_or_no_in_tool = made([asking("ask", lambda: interrupt("Keep it?", response_schema={"type": "boolean"}))])
inbox_in_tool = made([asking("ask", lambda: interrupt([inbox()])[0])])
inbox_in_tool_without_ignore = made([asking("ask", lambda: interrupt([inbox(ignore=False)])[0])])
two_in_tool = made([asking("ask", lambda: interrupt([inbox(), inbox(name="else")])[0])])
form_in_tool = made([asking("ask", lambda: interrupt(FORM))])
batch_in_tool = made([asking("plain", lambda: interrupt(BATCH)["decisions"][0])])
function_in_tool = made([asking("ask", wiped_or_not)])
sensitive_tool = made([sensitive(plain)])
by_policy = made([plain])
middleware, per_call = gated("batched"), gated("per_call")
subagent = StateGraph(MessagesState).add_node("sub", gated("batched")).add_edge(START, "sub").compile()
stops = create_agent(Scripted(turns=[[call("plain", x=1)]]), [plain], interrupt_before=["tools"])

stops_before_a_node = (
    StateGraph(State)
    .add_node("ask", lambda _: {"answer": heard(True)})
    .add_edge(START, "ask")
    .compile(interrupt_before=["ask"])
)


def inside(agent: Any) -> Any:
    """An agent whose tool has the other one do it, and acts on what that says."""

    @tool
    async def delegate(x: int) -> str:
        """Have another agent do it."""
        said = await agent.ainvoke({"messages": [("user", "go")]})
        text = str(said["messages"][-1].text)
        if "error" in text:
            effect(f"no {text}")
        return text

    return made([delegate])


call_inside = inside(asks_in_tool)
middleware_inside = inside(gated("batched"))
per_call_inside = inside(gated("per_call"))
policy_inside = inside(by_policy)
stops_inside = inside(stops)
stopping_subagent = StateGraph(MessagesState).add_node("sub", stops).add_edge(START, "sub").compile()


@tool
async def runs_tools(x: int) -> str:
    """Make another call, in this one."""
    said = await ToolNode([plain_tool]).ainvoke([call("act", x=1)])
    if said[0].status == "error":
        effect(f"no {said[0].text}")
    return str(said[0].text)


tool_inside = made([runs_tools])


def think(state: MessagesState) -> dict[str, Any]:
    return {"messages": [Scripted(turns=[[call("plain", x=1)]]).invoke(state["messages"])]}


def review(_state: MessagesState) -> dict[str, Any]:
    """A node that copies the middleware, and does by itself what it asked about."""
    heard(interrupt(BATCH)["decisions"][0])
    return {}


copied = StateGraph(MessagesState).add_node("model", think).add_node("review", review)
middleware_copied = copied.add_edge(START, "model").add_edge("model", "review").compile()


@tool
def breaks(x: int) -> str:
    """Break off in the middle."""
    if interrupt("break?")["type"] == "accept":
        effect("done")
        raise RuntimeError("lost")
    return "did not"


in_doubt = made([breaks])


@tool("wipe")
def wipe_tool(x: int) -> str:
    """Ask in words of its own, then wipe."""
    return str(heard(interrupt([inbox(name="Wipe a disk")])[0]))


wiper = made([wipe_tool])


def makes_calls(state: MessagesState) -> dict[str, Any]:
    """A plain node that has a tool node make the calls, and acts on what that says."""
    said = ToolNode([plain_tool]).invoke(state)["messages"]
    if said[0].status == "error":
        effect(f"no {said[0].text}")
    return {"messages": said}


def wants(state: MessagesState) -> dict[str, Any]:
    return {"messages": [Scripted(turns=[[call("act", x=1)]]).invoke(state["messages"])]}


made_by_node = StateGraph(MessagesState).add_node("model", wants).add_node("calls", makes_calls)
calls_made_by_node = made_by_node.add_edge(START, "model").add_edge("model", "calls").compile()
stopped = StateGraph(MessagesState).add_node("model", wants).add_node("calls", makes_calls)
stops_before_calls_by_node = (
    stopped.add_edge(START, "model").add_edge("model", "calls").compile(interrupt_before=["calls"])
)
by_hand = StateGraph(MessagesState).add_node("model", wants).add_node("calls", ToolNode([plain_tool]))
calls_by_hand = by_hand.add_edge(START, "model").add_edge("model", "calls").compile()


def keeps(_state: MessagesState) -> dict[str, Any]:
    heard(interrupt("Keep the backup?", response_schema={"type": "boolean"}))
    return {}


two_questions = StateGraph(MessagesState).add_node("sub", gated("batched")).add_node("keeps", keeps)
both = two_questions.add_edge(START, "sub").add_edge(START, "keeps").compile()
