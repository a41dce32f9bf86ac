"""An agent whose model makes up the name of an argument, to be printed where somebody says that it is wrong."""

from typing import Any

from langchain.agents import create_agent
from langchain.tools import tool
from langgraph.types import interrupt

from tests.scripted import Scripted, call

NAME = "x\x1b[2J\x1b[1;1Ha accept: \x9b\x85\u202e\u2066\u3164\u2800\u00a0\u05d0 5"


@tool
def pay(amount: int, **more: Any) -> str:
    "Pay an amount."
    interrupt("pay?")
    return "paid"


graph = create_agent(Scripted(turns=[[call("pay", "c", **{"amount": 5, NAME: 1})]]), [pay])
