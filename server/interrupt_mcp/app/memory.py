"""Agents' memory: LangGraph's store, opened when the first agent runs."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import anyio

from interrupt_mcp.agents import Agents

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from interrupt_mcp.store.port import Store


class AgentMemory:
    """The one of one process."""

    def __init__(self, agents: Agents, stack: AsyncExitStack) -> None:
        """`stack` closes it."""
        self._agents = agents
        self._stack = stack
        self._opening = anyio.Lock(fast_acquire=True)
        self._opened: BaseStore | None = None

    async def open(self, store: "Store") -> "BaseStore":
        """Return it, opened the first time."""
        async with self._opening:
            if self._opened is None:
                memory = store.agent_memory(self._agents.store_config())
                self._opened = await self._stack.enter_async_context(memory)
            return self._opened
