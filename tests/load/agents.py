"""Agents under load. What they are to do is in the message, as tests.chaos.agents has it; slow ones sleep on the way.

Each leaves lines in the file of EFFECTS: when its model was first asked, when a tool began, and when it acted.
"""

import asyncio
import json
import os
import random
import time
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.outputs import ChatResult
from langchain_core.tools import tool

from interrupt_mcp import sensitive
from tests.chaos.agents import Planned

_SHORTEST, _LONGEST = (float(each) for each in os.environ.get("SLOW", "6 14").split())
"""Seconds that a slow model takes for each answer, and a slow tool for its act."""


def _note(what: str, key: str, **more: Any) -> None:
    line = json.dumps({"what": what, "key": key, "at": time.time(), **more})
    file = os.open(os.environ["EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, f"{line}\n".encode())
    finally:
        os.close(file)


async def _take_time(slow: bool) -> None:
    if slow:
        await asyncio.sleep(random.uniform(_SHORTEST, _LONGEST))


class Model(Planned):
    """Says what it is told to, at once or after a while."""

    slow: bool = False

    async def _agenerate(self, messages: list[BaseMessage], *given: Any, **options: Any) -> ChatResult:
        if isinstance(messages[-1], HumanMessage):
            ((key,),) = json.loads(messages[-1].text)["turns"]
            _note("asked", key)
        await _take_time(self.slow)
        return self._generate(messages)


async def _act(slow: bool, key: str, amount: int) -> str:
    _note("began", key)
    await _take_time(slow)
    _note("did", key, amount=amount)
    return f"did {key}"


@tool
@sensitive
async def send(key: str, amount: int) -> str:
    """Send."""
    return await _act(False, key, amount)


@tool
@sensitive
async def send_slowly(key: str, amount: int) -> str:
    """Send, after a while."""
    return await _act(True, key, amount)


@tool
async def pay(key: str, amount: int) -> str:
    """Pay."""
    return await _act(False, key, amount)


@tool
async def pay_slowly(key: str, amount: int) -> str:
    """Pay, after a while."""
    return await _act(True, key, amount)


def _guarded(tool: Any, *, slow: bool) -> Any:
    guard = HumanInTheLoopMiddleware(interrupt_on={tool.name: True})
    return create_agent(Model(names=[tool.name], slow=slow), [tool], middleware=[guard])


asks = create_agent(Model(names=["send"]), [send])
asks_slowly = create_agent(Model(names=["send_slowly"], slow=True), [send_slowly])
guarded = _guarded(pay, slow=False)
guarded_slowly = _guarded(pay_slowly, slow=True)

QUICK = ("asks", "guarded")
SLOW = ("asks_slowly", "guarded_slowly")
