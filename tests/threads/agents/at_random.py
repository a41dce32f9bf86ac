"""An agent of the kind, and with the turns, that AGENT names as JSON: `[kind, [[name of a tool, ...], ...]]`."""

import json
import os
from itertools import count
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import tool
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from tests.scripted import Scripted, call, effect, hand_built


@tool
def guarded(x: int) -> str:
    """Do what a middleware asks about."""
    effect(f"guarded {x}")
    return f"did guarded {x}"


@tool
def asking(x: int) -> str:
    """Ask, and do it."""
    interrupt(f"Trying to call `asking` with {x}")
    effect(f"asking {x}")
    return f"did asking {x}"


@tool
def free(x: int) -> str:
    """Do what nobody is asked about."""
    return f"did free {x}"


TOOLS = [guarded, asking, free]


def built() -> Any:
    kind, turns = json.loads(os.environ["AGENT"])
    numbers = count()
    model = Scripted(turns=[[call(name, x=next(numbers)) for name in turn] for turn in turns])
    if kind == "middleware":
        return create_agent(model, TOOLS, middleware=[HumanInTheLoopMiddleware(interrupt_on={"guarded": True})])
    return hand_built(ToolNode(TOOLS), model)


agent = built()
