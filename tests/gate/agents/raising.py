"""Agents whose tool acts and raises, and what would have it tried again: middleware, a node, a wrapper."""

from collections.abc import Awaitable, Callable
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import ToolRetryMiddleware
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import RetryPolicy, interrupt

from interrupt_mcp import sensitive
from tests.scripted import call, effect, hand_built, turns


def _pay(amount: int) -> str:
    if interrupt(f"pay {amount}?")["type"] != "accept":
        return "not paid"
    effect(f"pay {amount}")
    if amount > 0:
        raise RuntimeError("the line went dead")
    return "paid"


@tool
def pay(amount: int) -> str:
    """Pay."""
    return _pay(amount)


@tool("pay")
async def pay_async(amount: int) -> str:
    """Pay."""
    return _pay(amount)


async def three_more_times(request: Any, execute: Callable[[Any], Awaitable[Any]]) -> Any:
    for _ in range(3):
        try:
            return await execute(request)
        except RuntimeError:
            pass
    return await execute(request)


FIVE = turns(call("pay", amount=5))
RETRY = ToolRetryMiddleware(max_retries=2, initial_delay=0, jitter=False)
POLICY = RetryPolicy(max_attempts=3, initial_interval=0, jitter=False, retry_on=Exception)

pays = hand_built(ToolNode([pay]), FIVE)
pays_async = hand_built(ToolNode([pay_async]), FIVE)
middleware_retries = create_agent(FIVE, [pay], middleware=[RETRY])
middleware_retries_async = create_agent(FIVE, [pay_async], middleware=[RETRY])
node_retries = hand_built(ToolNode([pay]), FIVE, retry_policy=POLICY)
node_retries_async = hand_built(ToolNode([pay_async]), FIVE, retry_policy=POLICY)
wrapper_retries = hand_built(ToolNode([pay], awrap_tool_call=three_more_times), FIVE)
wrapper_retries_async = hand_built(ToolNode([pay_async], awrap_tool_call=three_more_times), FIVE)
tells_the_model = hand_built(ToolNode([pay], handle_tool_errors=True), FIVE)

LATE = ToolRetryMiddleware(max_retries=2, initial_delay=600, max_delay=600, jitter=False)
retries_late = create_agent(FIVE, [pay], middleware=[LATE])


@sensitive
def charge(amount: int) -> None:
    effect(f"charge {amount}")
    raise RuntimeError("the till is shut")


def charges(_: MessagesState) -> dict[str, Any]:
    charge(5)
    return {"messages": [("ai", "charged")]}


function_retries = (
    StateGraph(MessagesState).add_node("charges", charges, retry_policy=POLICY).add_edge(START, "charges").compile()
)

tries: list[int] = []


@tool
def look() -> str:
    """Look."""
    tries.append(1)
    effect("look")
    if len(tries) < 3:
        raise RuntimeError("not yet")
    return "seen"


looks = create_agent(turns(call("look")), [look], middleware=[RETRY])
