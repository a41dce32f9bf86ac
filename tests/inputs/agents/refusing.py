"""Agents whose reducers, validators and nodes refuse what they are given, each in a way of its own."""

import os
import time
from dataclasses import dataclass
from operator import add
from typing import Annotated, Any, TypedDict

from langgraph.channels import DeltaChannel
from langgraph.func import entrypoint
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Overwrite, interrupt
from pydantic import BaseModel, field_validator

from tests.scripted import effect, word_of


def nothing(state: Any) -> dict[str, Any]:
    return {}


def built(schema: Any, node: Any = nothing, **more: Any) -> Any:
    return StateGraph(schema, **more).add_node("node", node).add_edge(START, "node").compile()


chat = built(MessagesState)


class Booking(BaseModel):
    nights: int = 1
    notes: Annotated[list[str], add] = []

    @field_validator("nights")
    @classmethod
    def check(cls, nights: int) -> int:
        if nights == 13:
            raise ValueError("nobody stays 13 nights")
        return nights


def double(state: Booking) -> dict[str, Any]:
    return {"notes": [f"{state.nights} nights"]}


validated = built(Booking, double)


class Bag(list[Any]):
    """A list of which no schema is known, so that only its reducer says what may be put in."""


def refusing(old: list[str] | None, new: Any) -> list[str]:
    """Takes names, each once."""
    if not isinstance(new, str):
        raise TypeError(f"{new!r} is no name")
    if new in (old or []):
        raise ValueError(f"{new} is there already")
    return [*(old or []), new]


class Names(TypedDict, total=False):
    names: Annotated[Bag, refusing]


unique = built(Names)


def adds_twice(state: Names) -> dict[str, Any]:
    if "spoil" in state["names"]:
        return {"names": "spoil"}
    return {}


spoils_names = built(Names, adds_twice)


def overstays(state: Booking) -> dict[str, Any]:
    if state.nights == 7:
        return {"nights": 13}
    return {"notes": [f"{state.nights} nights"]}


def after(state: Booking) -> dict[str, Any]:
    return {"notes": ["after"]}


spoils_booking = (
    StateGraph(Booking)
    .add_node("node", overstays)
    .add_node("after", after)
    .add_edge(START, "node")
    .add_edge("node", "after")
    .compile()
)


def _lasting(old: list[str], new: Any) -> list[str]:
    while new == "wait" and not word_of("go"):
        time.sleep(0.01)
    return [*old, str(new)]


class Lasting(TypedDict, total=False):
    lines: Annotated[Bag, _lasting]


lasting = built(Lasting)


def _changing(old: list[Any], new: list[Any]) -> list[Any]:
    """Changes what it is given."""
    new.append("merged")
    old.extend(new)
    return old


class Changing(TypedDict, total=False):
    lines: Annotated[list[Any], _changing]


changing = built(Changing)


class Summed(TypedDict, total=False):
    lines: Annotated[Bag, DeltaChannel(lambda state, writes: [*state, *(refusing([], each)[0] for each in writes)])]


summed = built(Summed)


def _fails(state: Names) -> dict[str, Any]:
    if state["names"][-1] == "fail":
        raise RuntimeError("the node does not like it")
    return {}


picky = built(Names, _fails)


@dataclass
class Place:
    floor: int = 1

    def __post_init__(self) -> None:
        if self.floor > 4:
            raise ValueError("there are four floors")


class Model(BaseModel):
    floor: int = 1

    @field_validator("floor")
    @classmethod
    def check(cls, floor: int) -> int:
        if floor > 4:
            raise ValueError("there are four floors")
        return floor


in_a_place = built(Names, context_schema=Place)
in_a_model = built(Names, context_schema=Model)


@entrypoint()
def functional(given: Any) -> Any:
    return {"given": given}


def _where(state: Booking) -> str:
    effect("asked where")
    return "node"


routed = StateGraph(Booking).add_node("node", double).add_conditional_edges(START, _where, ["node"]).compile()


def asking(state: Names) -> dict[str, Any]:
    return {"names": str(interrupt("which?"))}


asks = built(Names, asking)


def clears(state: Names) -> dict[str, Any]:
    return {"names": Overwrite([])} if len(state["names"]) > 2 else {}


clearing = built(Names, clears)


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words for it")


def _telling(old: list[str] | None, new: Any) -> list[str]:
    """Tells more than it should, or cannot."""
    if new == "unspeakable":
        raise Unspeakable
    raise ConnectionError(f"no answer to {new} from postgresql://shop:{os.environ['SHOP_PASSWORD']}@db/shop")


class Telling(TypedDict, total=False):
    names: Annotated[Bag, _telling]


telling = built(Telling)


class Signed(BaseModel):
    nights: int = 1

    @field_validator("nights")
    @classmethod
    def check(cls, nights: int) -> int:
        raise ValueError(f"the key {os.environ['SHOP_PASSWORD']} is for one night")


signed = built(Signed)
AGENTS = [
    *("chat", "validated", "unique", "spoils_names", "spoils_booking", "lasting", "changing", "summed", "picky"),
    *("in_a_place", "in_a_model", "functional", "routed", "asks", "clearing"),
    *("telling", "signed"),
]
