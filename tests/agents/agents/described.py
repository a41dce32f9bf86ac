"""Answers
questions.

In detail.
"""

import typing
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired

from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.tools import tool
from langgraph.func import entrypoint
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.managed import RemainingSteps
from langgraph.prebuilt import InjectedState, ToolNode, ToolRuntime
from pydantic import BaseModel
from typing_extensions import TypedDict


class Model(GenericFakeChatModel):
    def bind_tools(self, tools: Any, **more: Any) -> Any:
        return self


def built(schema: Any, **more: Any) -> Any:
    """A graph of that state which does nothing."""
    builder = StateGraph(schema, **more)
    builder.add_node("nothing", lambda state: {})
    builder.add_edge(START, "nothing")
    return builder.compile()


@tool
def send(to: str, times: int, state: Annotated[dict[str, Any], InjectedState], runtime: ToolRuntime) -> str:
    "Sends."
    return ""


class Person(BaseModel):
    name: str


# What it takes


class MessagesAndMore(MessagesState):
    person: Person
    steps: RemainingSteps


class MessagesOfAUser(BaseModel):
    messages: list[Any]
    user: str


class Topic(TypedDict):
    topic: str
    length: NotRequired[int]


class Text(Topic):
    text: str


class Mood(TypedDict):
    topic: str
    mood: Literal["good", "bad"]
    found: list[Any]


class People(BaseModel):
    people: list[Person]
    n: int = 3


class Odd:
    pass


# Of `typing`, whose schema cannot be made where a field has none.
class OddInput(typing.TypedDict):
    odd: Odd
    person: Person
    number: int


class OddState(OddInput):
    text: str


chat = create_agent(Model(messages=iter([])), [send])
messages = built(MessagesState)
messages_and_more = built(MessagesAndMore)
messages_of_a_user = built(MessagesOfAUser)
text_on_a_topic = built(Text, input_schema=Topic)
mood = built(Mood)
people = built(People)
odd_input = built(OddState, input_schema=OddInput)


@entrypoint()
def of_an_int(given: int) -> Any:
    return given


@entrypoint()
def of_a_dict(given: dict) -> Any:  # type: ignore[type-arg]
    return given


@entrypoint()
def of_anything(given):  # type: ignore[no-untyped-def]
    return given


# Its context


@dataclass
class Who:
    user: str


class OddWho(TypedDict):
    odd: "type(Model)"  # type: ignore[valid-type]


for_somebody = built(MessagesState, context_schema=Who)
for_somebody_odd = built(MessagesState, context_schema=OddWho)


# Its description


def by_hand() -> Any:
    """Made
    by hand."""
    return built(MessagesState)


# Its tools


@tool
def outer(a: int) -> str:
    "Outer."
    return ""


@tool
def retried(a: int) -> str:
    "Retried."
    return ""


middle = StateGraph(MessagesState).add_node("inner", chat).add_edge(START, "inner").compile()
within = StateGraph(MessagesState)
within.add_node("middle", lambda state: middle.invoke(state))
within.add_node("tools", ToolNode([outer]) | (lambda state: state))
within.add_node("again", ToolNode([retried]).with_retry())
within.add_edge(START, "middle")


def acting(kind: Any) -> Any:
    """A tool of the same name that takes a value of that kind."""

    @tool
    def act(value: kind) -> str:
        "Acts."
        return ""

    return act


of_one_name = StateGraph(MessagesState)
of_one_name.add_node("a", ToolNode([acting(int)]))
of_one_name.add_node("b", ToolNode([acting(str), acting(str)]))
of_one_name.add_edge(START, "a").add_edge(START, "b")


class Callback:
    pass


@tool
def notify(callback: typing.Callable[[Callback], None]) -> str:
    "Notifies."
    return ""


notifying = create_agent(Model(messages=iter([])), [notify])
