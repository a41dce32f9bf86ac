"""Agents and nodes at their first pause, in LangGraph alone, and what becomes of the answers written here.

The gate is played by a few lines of middleware that do what `instruction` says, so that a call which is edited or
rejected here goes the way it goes in the server.
"""

from collections.abc import Callable, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Interrupt
from typing_extensions import TypedDict

from interrupt_mcp.dialects import DropCall, instruction, read, write
from interrupt_mcp.dialects.instructions import Instruction
from interrupt_mcp.model import Ask, Call, Decision, Question
from tests.dialects.payloads import check_all

CONFIG: Any = {"configurable": {"thread_id": "1"}}


class Caller(BaseChatModel):
    """Makes the given tool calls once, then says that it is done."""

    wanted: list[tuple[str, dict[str, Any]]]

    @property
    def _llm_type(self) -> str:
        return "caller"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        calls = [{"name": name, "args": args, "id": f"c{i}"} for i, (name, args) in enumerate(self.wanted)]
        fresh = messages[-1].type == "human"
        answer = AIMessage("", tool_calls=calls) if fresh else AIMessage("done")
        return ChatResult(generations=[ChatGeneration(message=answer)])


class Gate(AgentMiddleware):
    """Does with a tool call what the order for its id says."""

    def __init__(self) -> None:
        super().__init__()
        self.instructions: dict[str, Instruction] = {}

    def wrap_tool_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        call = request.tool_call
        match self.instructions.get(call["id"]):
            case DropCall(message):
                return ToolMessage(message, name=call["name"], tool_call_id=call["id"], status="error")
            case None:
                return handler(request)
            case run:
                args = call["args"] if run.args is None else run.args
                return handler(request.override(tool_call={**call, "args": args}))


class Agent:
    """An agent at its first pause."""

    def __init__(
        self,
        tools: Sequence[Callable[..., Any]],
        wanted: list[tuple[str, dict[str, Any]]],
        middleware: Sequence[AgentMiddleware] = (),
    ) -> None:
        self.gate = Gate()
        self.tools: list[BaseTool] = [tool(function) for function in tools]
        self.graph = create_agent(
            Caller(wanted=wanted), self.tools, middleware=[*middleware, self.gate], checkpointer=InMemorySaver()
        )
        self.graph.invoke({"messages": [("human", "go")]}, CONFIG)

    @property
    def pending(self) -> tuple[Interrupt, ...]:
        return self.graph.get_state(CONFIG).interrupts

    def calls(self) -> tuple[Call, ...]:
        message = self.graph.get_state(CONFIG).values["messages"][-1]
        schemas = {t.name: t.tool_call_schema.model_json_schema() for t in self.tools}
        return tuple(
            Call("ns", message.id, i, c["id"], c["name"], c["args"], schemas[c["name"]])
            for i, c in enumerate(message.tool_calls)
        )

    def question(self, pause: Interrupt, inside: Call | None = None) -> Question:
        return read(Ask(pause.id, pause.value, pause.response_schema, inside, self.calls()))

    def resume(self, *decisions: Decision, inside: bool = False) -> list[ToolMessage]:
        """Answer the first pause with all decisions, and return what the tools say, in the order of the calls."""
        pause, call = self.pending[0], self.calls()[0]
        asked, decided = self.question(pause, call if inside else None), {d.index: d for d in decisions}
        check_all(asked, decided)
        for decision in decisions:
            request = asked.request(decision.index)
            assert request is not None
            assert request.call is not None
            self.gate.instructions[request.call.call_id] = instruction(asked, decision)
        self.graph.invoke(Command(resume={pause.id: write(asked, decided)}), CONFIG)
        return [m for m in self.graph.get_state(CONFIG).values["messages"] if isinstance(m, ToolMessage)]


class Answered(TypedDict, total=False):
    answer: Any


def answered(node: Callable[[Answered], Answered], decided: dict[int, Decision]) -> tuple[Question, Any]:
    """Return the one question that the node asks, and the answer that it has made of these decisions."""
    graph = StateGraph(Answered).add_node("node", node).add_edge(START, "node").compile(checkpointer=InMemorySaver())
    graph.invoke({}, CONFIG)
    (pause,) = graph.get_state(CONFIG).interrupts
    asked = read(Ask(pause.id, pause.value, pause.response_schema))
    check_all(asked, decided)
    return asked, graph.invoke(Command(resume={pause.id: write(asked, decided)}), CONFIG)["answer"]
