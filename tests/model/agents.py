"""Agents of every kind that asks. A person's message says which run it is and what to do: `3 ab|c`, a and b, then c.

What they do is a line in the effects of the life they are in: the argument that the tool got.
"""

from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from interrupt_mcp import sensitive
from tests.model.life import act
from tests.scripted import call, told


class Planned(BaseChatModel):
    """Does what the person said, turn after turn; the ids of its calls repeat in each run, as they do in the wild."""

    tool_name: str

    @property
    def _llm_type(self) -> str:
        return "planned"

    def bind_tools(self, tools: Any, **_: Any) -> "Planned":  # type: ignore[override]
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        said = max(at for at, message in enumerate(messages) if isinstance(message, HumanMessage))
        number, plan = messages[said].text.split()
        turns = plan.split("|")
        turn = sum(isinstance(message, AIMessage) for message in messages[said:])
        if turn < len(turns):
            calls = [call(self.tool_name, f"call-{letter}", what=f"{number}.{letter}") for letter in turns[turn]]
            message = AIMessage("", tool_calls=calls)
        else:
            message = AIMessage(told(messages))
        return ChatResult(generations=[ChatGeneration(message=message)])


@tool
async def ask_and_do(what: str) -> str:
    """Ask, and do."""
    if interrupt(f"do {what}?")["type"] != "accept":
        return "not done"
    return await act(what)


@tool
async def do(what: str) -> str:
    """Do."""
    return await act(what)


@tool
@sensitive
async def do_kept(what: str) -> str:
    """Do what is sensitive."""
    return await act(what)


def by_hand(model: Planned) -> Any:
    graph = StateGraph(MessagesState)
    graph.add_node("model", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode([ask_and_do])).add_edge(START, "model")
    return graph.add_conditional_edges("model", tools_condition).add_edge("tools", "model").compile()


async def answering(state: MessagesState) -> Any:
    """A node that no tool call stands for: what it does is what it was told."""
    number = state["messages"][-1].text.split()[0]
    answer = interrupt({"what": f"{number}.a"})
    return {"messages": [AIMessage(await act(f"{number}.a {answer}"))]}


def asking(*names: str, mode: Any = "batched") -> Any:
    return [HumanInTheLoopMiddleware(interrupt_on=dict.fromkeys(names, True), interrupt_mode=mode)]


each = create_agent(Planned(tool_name="ask_and_do"), [ask_and_do])
batched = create_agent(Planned(tool_name="do"), [do], middleware=asking("do"))
per_call = create_agent(Planned(tool_name="do"), [do], middleware=asking("do", mode="per_call"))
kept = create_agent(Planned(tool_name="do_kept"), [do_kept])
watched = create_agent(Planned(tool_name="do_kept"), [do_kept])
hand = by_hand(Planned(tool_name="ask_and_do"))
node = StateGraph(MessagesState).add_node("answering", answering).add_edge(START, "answering").compile()
