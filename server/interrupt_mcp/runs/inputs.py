"""Inputs: whether an agent takes what a run is to start with, on the thread on which it is to start.

It is found out before anything is kept, by code of the agent's own where there is some, in a thread that may hang.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.model import NO_BREAKPOINTS, JsonObject, Message
from interrupt_mcp.runs.caller import StartRequest, check_input

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent
    from interrupt_mcp.store.port import Store

T = TypeVar("T")
_SECONDS = 5.0
_AT_ONCE = 8
"""Of these, some may hang for ever."""


class Inputs:
    """What is tried by one process."""

    def __init__(self) -> None:
        self._limiter: anyio.CapacityLimiter | None = None

    async def checked(
        self, store: "Store", agent: "Agent", request: StartRequest, context: JsonObject | None, thread_id: str
    ) -> str | None:
        """The checkpoint on whose state the input was tried, empty on a new thread; `None` where it need not be tried.

        Raises:
            InvalidInput: the agent cannot start with it there.
            Unreadable: the thread takes nothing more as it is.
        """
        # Where there is a schema, it may be an agent's own, and large.
        if request.input is None and agent.context_schema is None:
            _check(agent, request, context)
        else:
            await self.bounded(partial(_check, agent, request, context), "input")
        return await self._tried(store, agent, request, thread_id)

    def takes_any_message(self, agent: "Agent") -> bool:
        """Whether nothing of the agent's own looks at a message before a node does, nor at anything else of a start."""
        from interrupt_mcp.driving.plan import graph_input
        from interrupt_mcp.execution.trial import is_plain

        looks = agent.place is not None or agent.made_for_runs or agent.context_schema is not None or agent.context
        return agent.has_messages and not looks and is_plain(agent.graph, graph_input(Message("")))

    async def bounded(self, work: Callable[[], T], named: str) -> T:
        """What the work gives, in a thread of its own.

        Raises:
            InvalidInput: it takes too long.
        """
        self._limiter = self._limiter or anyio.CapacityLimiter(_AT_ONCE)
        found: list[T] = []
        with anyio.move_on_after(_SECONDS):
            found.append(await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=self._limiter))
        if not found:
            raise InvalidInput(f"{named}: the agent took longer than {_SECONDS:g} seconds to look at it")
        return found[0]

    async def _tried(self, store: "Store", agent: "Agent", request: StartRequest, thread_id: str) -> str | None:
        from interrupt_mcp.driving.plan import graph_input
        from interrupt_mcp.execution.trial import is_plain, try_input

        value, named = graph_input(request.begins()), "message" if request.input is None else "input"
        if is_plain(agent.graph, value) or not await store.threads.may_start(thread_id, agent.name):
            return None
        graph: Any = agent.graph.copy(update={"checkpointer": store.checkpoints()})
        return await self.bounded(partial(try_input, graph, thread_id, value, named), named)


def _check(agent: "Agent", request: StartRequest, context: JsonObject | None) -> None:
    from interrupt_mcp.agents import validate_context
    from interrupt_mcp.execution.breakpoints import refuse_unknown_nodes
    from interrupt_mcp.execution.trial import refuse_context

    if agent.place is not None and request.breakpoints != NO_BREAKPOINTS:
        raise InvalidInput(f"{agent.name} runs at {agent.place.origin}, where no breakpoints can be set from here")
    refuse_unknown_nodes(agent.graph, request.breakpoints)
    validate_context(agent, context or {})
    refuse_context(agent.graph, context or {})
    check_input(agent, request)
