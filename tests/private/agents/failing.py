"""Agents that fail with a secret in what they raise: a node, one of a graph within, a tool, and one that logs it."""

import logging
from typing import Any

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph

from tests.scripted import Scripted, call

SECRETS = ("hunter2-in-a-url", "c2VjcmV0LWJhc2ljOnBhaXI", "hunter2-given", "hunter2-of-the-variable")


def connect() -> None:
    """Fail as a library does that repeats what it was given."""
    raise ConnectionError(
        f"postgresql://app:{SECRETS[0]}@db/shop, headers {{'Authorization': 'Basic {SECRETS[1]}='}},"
        f" password={SECRETS[2]}, and {SECRETS[3]}"
    )


def raises(state: MessagesState) -> dict[str, Any]:
    connect()
    return {}


def logs(state: MessagesState) -> dict[str, Any]:
    try:
        connect()
    except ConnectionError:
        logging.getLogger("shop").exception("no connection")
    return {"messages": [("ai", "logged")]}


@tool
def pay(amount: int) -> str:
    """Pay an amount."""
    connect()
    return f"Paid {amount}."


node = StateGraph(MessagesState).add_node("raises", raises).add_edge(START, "raises").compile()
within = StateGraph(MessagesState).add_node("inner", node).add_edge(START, "inner").compile()
logged = StateGraph(MessagesState).add_node("logs", logs).add_edge(START, "logs").compile()
tools = create_agent(Scripted(turns=[[call("pay", amount=5)]]), [pay])
