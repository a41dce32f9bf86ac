"""Agents whose tools ask in every way that can be seen, or look as if they should."""

import langgraph.types
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.tools import tool
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import interrupt as ask

from interrupt_mcp import sensitive

print("printed as it is imported")


_connection = None


def _ask_first(what: str) -> None:
    ask({"what": what})


@tool
def delete_user(name: str) -> str:
    """Delete a user."""
    raise AssertionError(f"no tool is called, over {_connection}")


@tool
def gone(name: str) -> str:
    """Sends a letter to everybody."""
    raise AssertionError("no tool is called")


@tool
def get_update(name: str) -> str:
    """Delete nothing, look up what is new."""
    raise AssertionError("no tool is called")


@tool
@sensitive
def pay_bill(amount: int) -> str:
    """Pay a bill."""
    raise AssertionError("no tool is called")


@tool
def transfer(amount: int) -> str:
    """Transfer money."""
    _ask_first("transfer")
    return "done"


@tool
def deploy(where: str) -> str:
    """Deploy it."""
    langgraph.types.interrupt(where)
    return "done"


@tool
def drop_table(name: str) -> str:
    """Drop a table."""
    return name


@tool
def send_mail(to: str) -> str:
    """Send a mail."""
    return to


@tool("odd*name")
def odd_name(to: str) -> str:
    """Execute it."""
    return to


def agent(mode: str):
    model = GenericFakeChatModel(messages=iter([]))
    tools = [delete_user, gone, get_update, pay_bill, transfer, deploy, drop_table, send_mail, odd_name]
    asks = HumanInTheLoopMiddleware({"drop_table": True, "send_mail": False}, interrupt_mode=mode)  # type: ignore[arg-type]

    return create_agent(model, tools, middleware=[asks])


batched = agent("batched")
per_call = agent("per_call")


def asks_itself(state: MessagesState) -> dict[str, list[str]]:
    ask("really?")
    return {"messages": []}


def plain(state: MessagesState) -> dict[str, list[str]]:
    return {"messages": []}


_builder = StateGraph(MessagesState)
_builder.add_node(asks_itself)
_builder.add_node(plain)
_builder.add_edge(START, "asks_itself")
_builder.add_edge("asks_itself", "plain")
_builder.add_edge("plain", END)
nodes = _builder.compile()
