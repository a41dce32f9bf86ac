"""Questions as LangGraph and LangChain raise them, and their reaction to the answers written here.

The gate is played by a few lines of middleware that do what `order` says, so that a call which is edited or rejected
here goes the way it goes in the server.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, HumanInTheLoopMiddleware
from langchain.agents.middleware.human_in_the_loop import HITLResponse
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.prebuilt.interrupt import HumanResponse
from langgraph.types import Command, Interrupt, interrupt
from mcp.types import ElicitResult
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from interrupt_mcp import Rejected, sensitive
from interrupt_mcp.dialects import DropCall, instruction, read, write
from interrupt_mcp.dialects.instructions import Instruction
from interrupt_mcp.model import Ask, Call, Decision, Dialect, Json, JsonObject, Question
from tests.dialects.payloads import (
    CARRIED,
    EVERYTHING,
    FORM,
    SUMMARY,
    YES_NO,
    accept,
    check_all,
    decide,
    edit,
    inbox,
    reject,
    respond,
)

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
        """Answers the first pause with all decisions; what the tools say, in the order of the calls."""
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


def refund(order_id: int, amount: float, note: str | None = None) -> str:
    """Give money back."""
    return f"refunded {amount} for {order_id}"


def send(to: str) -> str:
    """Send it."""
    return f"sent to {to}"


REFUND = {"order_id": 7, "amount": 500.0}
CHEAPER: JsonObject = {"order_id": 7, "amount": 5}


class TestMiddlewareBatched:
    @pytest.fixture
    def agent(self) -> Agent:
        middleware = HumanInTheLoopMiddleware(interrupt_on={"refund": True, "send": True})
        return Agent([refund, send], [("refund", REFUND), ("send", {"to": "bob"})], [middleware])

    def test_it_is_read_with_a_request_for_each_call(self, agent: Agent):
        asked = agent.question(agent.pending[0])
        assert asked.dialect is Dialect.MIDDLEWARE
        assert [r.call for r in asked.requests] == list(agent.calls())

    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            (decide(accept), decide(accept, index=1), ["refunded 500.0 for 7", "sent to bob"]),
            (decide(edit, args=CHEAPER), decide(reject, message="not him", index=1), ["refunded 5.0 for 7", "not him"]),
            (
                decide(respond, value={"by": "hand"}),
                decide(edit, args={"to": "ann"}, index=1),
                ['{"by":"hand"}', "sent to ann"],
            ),
            (decide(reject), decide(respond, message="sent it myself", index=1), ["User rejected", "sent it myself"]),
        ],
    )
    def test_it_does_what_was_decided(self, agent: Agent, first: Decision, second: Decision, said: list[str]):
        messages = {message.tool_call_id: message.text for message in agent.resume(first, second)}
        assert said[0] in messages["c0"]
        assert said[1] in messages["c1"]
        assert agent.pending == ()

    def test_the_answer_has_langchains_type(self, agent: Agent):
        asked = agent.question(agent.pending[0])
        answer = write(asked, {0: decide(edit, args=CHEAPER), 1: decide(reject, index=1)})
        TypeAdapter(HITLResponse).validate_python(answer, strict=True)


class TestMiddlewarePerCall:
    def agent(self, *allowed: Any) -> Agent:
        middleware = HumanInTheLoopMiddleware(
            interrupt_on={"refund": {"allowed_decisions": list(allowed)}}, interrupt_mode="per_call"
        )
        return Agent([refund], [("refund", REFUND)], [middleware])

    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(accept), "refunded 500.0 for 7", "success"),
            (decide(edit, args={**CHEAPER, "note": "sorry"}), "refunded 5.0 for 7", "success"),
            (decide(reject, message="too much"), "too much", "error"),
            (decide(respond, message="done by hand"), "done by hand", "success"),
        ],
    )
    def test_it_does_what_was_decided(self, decision: Decision, said: str, status: str):
        agent = self.agent("approve", "edit", "reject", "respond")
        assert agent.question(agent.pending[0]).dialect is Dialect.MIDDLEWARE
        (message,) = agent.resume(decision)
        assert said in message.text
        assert message.status == status

    @pytest.mark.parametrize(
        ("words", "allowed"),
        [
            (("approve",), (accept,)),
            (("edit",), (edit,)),
            (("reject", "approve"), (accept, reject)),
            (("respond", "edit"), (edit, respond)),
        ],
    )
    def test_the_types_are_those_that_its_schema_allows(self, words: tuple[str, ...], allowed: tuple[Any, ...]):
        agent = self.agent(*words)
        (request,) = agent.question(agent.pending[0]).requests
        assert request.allowed == allowed

    def test_without_the_call_the_arguments_schema_still_comes_from_langchain(self):
        pause = self.agent("approve", "edit").pending[0]
        (request,) = read(Ask(pause.id, pause.value, pause.response_schema)).requests
        assert request.args_schema is not None
        assert set(request.args_schema["properties"]) == {"order_id", "amount", "note"}  # type: ignore[arg-type,index]


def book_hotel(hotel_name: str) -> str:
    """Book a hotel, as LangGraph's documentation does it: the tool knows accept and edit."""
    response = interrupt(f"Trying to call `book_hotel` with args {{'hotel_name': {hotel_name}}}. Please approve.")
    if response["type"] == "edit":
        hotel_name = response["args"]["hotel_name"]
    elif response["type"] != "accept":
        raise ValueError(f"Unknown response type: {response['type']}")
    return f"booked {hotel_name}"


def quote(hotel_name: str) -> str:
    """Asks about something that is not its argument."""
    response = interrupt({"tool": "quote", "price": 100})
    return f"{hotel_name} at {response.get('args', {}).get('price', 100)}"


def human_assistance(query: str) -> str:
    """Ask a person, as LangGraph's tutorial does it."""
    answer: str = interrupt({"query": query})["data"]
    return answer


def with_inbox(to: str) -> str:
    """Asks as Agent Inbox does."""
    response = interrupt([inbox("with_inbox", {"to": to}, EVERYTHING)])[0]
    TypeAdapter(HumanResponse).validate_python(response)
    if response["type"] == "edit":
        to = response["args"]["args"]["to"]
    return str(response["args"]) if response["type"] == "response" else f"sent to {to}"


class TestInsideATool:
    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(accept), "booked McKittrick", "success"),
            (decide(edit, args={"hotel_name": "Ritz"}), "booked Ritz", "success"),
            (decide(reject, message="stay home"), "stay home", "error"),
            (
                decide(respond, value={"type": "edit", "args": {"hotel_name": "Its own way"}}),
                "booked Its own way",
                "success",
            ),
        ],
    )
    def test_a_tool_of_the_documentation(self, decision: Decision, said: str, status: str):
        agent = Agent([book_hotel], [("book_hotel", {"hotel_name": "McKittrick"})])
        (message,) = agent.resume(decision, inside=True)
        assert (message.text, message.status) == (said, status)

    @pytest.mark.parametrize(
        ("args", "said"),
        [({"hotel_name": "Ritz", "price": 90}, "McKittrick at 90"), ({"hotel_name": "Ritz"}, "Ritz at 100")],
    )
    def test_a_tool_that_lets_edit_what_it_shows(self, args: JsonObject, said: str):
        agent = Agent([quote], [("quote", {"hotel_name": "McKittrick"})])
        (message,) = agent.resume(decide(edit, args=args), inside=True)
        assert message.text == said

    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(respond, value={"data": "42"}), "42", "success"),
            (decide(reject, message="not now"), "not now", "error"),
        ],
    )
    def test_a_tool_that_asks_a_question(self, decision: Decision, said: str, status: str):
        agent = Agent([human_assistance], [("human_assistance", {"query": "What now?"})])
        (message,) = agent.resume(decision, inside=True)
        assert (message.text, message.status) == (said, status)

    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(accept), "sent to bob", "success"),
            (decide(edit, args={"to": "ann"}), "sent to ann", "success"),
            (decide(respond, message="ask Ann first"), "ask Ann first", "success"),
            (decide(reject, message="never"), "never", "error"),
        ],
    )
    def test_a_tool_that_speaks_agent_inbox(self, decision: Decision, said: str, status: str):
        agent = Agent([with_inbox], [("with_inbox", {"to": "bob"})])
        (message,) = agent.resume(decision, inside=True)
        assert (message.text, message.status) == (said, status)


class Answered(TypedDict, total=False):
    answer: Any


class Edited(TypedDict):
    edited_summary: str


def answered(payload: Json, schema: Any, decided: dict[int, Decision]) -> Any:
    """What a node that asks gets."""

    def node(state: Answered) -> Answered:
        return {"answer": interrupt(payload, response_schema=schema)}

    graph = StateGraph(Answered).add_node("ask", node).add_edge(START, "ask").compile(checkpointer=InMemorySaver())
    graph.invoke({}, CONFIG)
    (pause,) = graph.get_state(CONFIG).interrupts
    asked = read(Ask(pause.id, pause.value, pause.response_schema))
    check_all(asked, decided)
    return graph.invoke(Command(resume={pause.id: write(asked, decided)}), CONFIG)["answer"]


class TestInsideANode:
    @pytest.mark.parametrize(
        ("schema", "decision", "answer"),
        [
            (None, decide(respond, value=None), None),
            (None, decide(respond, value={}), {}),
            (None, decide(respond, value=2**64 - 1), 2**64 - 1),
            (None, decide(respond, value={"é": ["\x00", -(2**63), 0.5, False]}), {"é": ["\x00", -(2**63), 0.5, False]}),
            (None, decide(respond, value={"a" * 32: 1}), {"a" * 32: 1}),
            (bool, decide(accept), True),
            (bool, decide(reject), False),
            (YES_NO, decide(accept), "Approve"),
            (int, decide(respond, value=0), 0),
            (SUMMARY, decide(accept), {"edited_summary": "as generated"}),
            (Edited, decide(edit, args={"edited_summary": "x"}), {"edited_summary": "x"}),
        ],
    )
    def test_the_answer_arrives_as_it_was_given(self, schema: Any, decision: Decision, answer: Json):
        got = answered({"question": "Which?"}, schema, {0: decision})
        assert got == answer
        assert type(got) is type(answer)

    @pytest.mark.parametrize("decision", [decide(accept), decide(reject), decide(respond, message="why?")])
    def test_agent_inbox_gets_a_human_response(self, decision: Decision):
        (response,) = answered([inbox("send", {"to": "bob"}, EVERYTHING)], None, {0: decision})
        TypeAdapter(HumanResponse).validate_python(response, strict=True)

    def test_an_elicitation_gets_results_that_mcp_takes(self):
        who, go = decide(respond, value={"name": "Ann", "age": None}), decide(reject, index=1)
        form = {**FORM, "requestedSchema": {"type": "object"}}
        assert ElicitResult.model_validate(answered(form, None, {0: who})).content == {"name": "Ann", "age": None}
        responses = answered(CARRIED, None, {0: decide(respond, value={"name": "Ann"}), 1: go})["responses"]
        assert [ElicitResult.model_validate(r).action for r in responses.values()] == ["accept", "decline"]


def pay(amount: float, to: str = "bob") -> str:
    """Pays."""
    return f"paid {amount} to {to}"


class TestSensitive:
    def paid(self, decision: Decision) -> Any:
        """What a node gets from a sensitive function that it calls."""
        ask_first = sensitive(pay, allow=("accept", "edit", "reject", "respond"))

        def node(state: Answered) -> Answered:
            try:
                return {"answer": ask_first(500)}
            except Rejected as rejected:
                return {"answer": f"no: {rejected}"}

        graph = StateGraph(Answered).add_node("pay", node).add_edge(START, "pay").compile(checkpointer=InMemorySaver())
        graph.invoke({}, CONFIG)
        (pause,) = graph.get_state(CONFIG).interrupts
        asked = read(Ask(pause.id, pause.value))
        assert asked.dialect is Dialect.TOOL_CALL
        check_all(asked, {0: decision})
        return graph.invoke(Command(resume={pause.id: write(asked, {0: decision})}), CONFIG)["answer"]

    @pytest.mark.parametrize(
        ("decision", "answer"),
        [
            (decide(accept), "paid 500 to bob"),
            (decide(edit, args={"amount": 5, "to": "ann"}), "paid 5 to ann"),
            (decide(reject, message="never"), "no: never"),
            (decide(respond, value={"type": "accept"}), {"type": "accept"}),
            (decide(respond, message="paid by hand"), "paid by hand"),
        ],
    )
    def test_a_function_does_what_was_decided(self, decision: Decision, answer: Any):
        assert self.paid(decision) == answer

    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(accept), "paid 500.0 to bob", "success"),
            (decide(edit, args={"amount": 5, "to": "ann"}), "paid 5.0 to ann", "success"),
            (decide(reject, message="never"), "never", "error"),
        ],
    )
    def test_a_tool_does_what_was_decided(self, decision: Decision, said: str, status: str):
        agent = Agent([sensitive(pay)], [("pay", {"amount": 500})])
        (message,) = agent.resume(decision, inside=True)
        assert (message.text, message.status) == (said, status)
