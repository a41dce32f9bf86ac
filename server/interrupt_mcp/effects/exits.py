"""Exits: `sys.exit()` in an agent's code, which is to end its own run and not the process with every run in it.

An event loop hands `SystemExit` on past whoever waits for the task in which it was raised. So it becomes an error
within that task: in each that is begun in a drive, by LangGraph, LangChain or the agent.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from interrupt_mcp.effects.active_gate import is_in_drive


class AgentExits(RuntimeError):
    """The agent's code called `sys.exit`, which is no way to end a run."""


class _TaskFactory:
    """Makes the tasks of an event loop, as it made them before."""

    def __init__(self, before: Callable[..., asyncio.Future[Any]] | None) -> None:
        self._make = before or _task

    def __call__(self, loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> asyncio.Future[Any]:
        if not is_in_drive(more.get("context")):
            return self._make(loop, work, **more)
        task = self._make(loop, _ended(work), **more)
        # Of a task that is cancelled before it begins, the work would be complained about as never awaited.
        task.add_done_callback(lambda _task: work.close())
        return task


def _task(loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> asyncio.Future[Any]:
    return asyncio.Task(work, loop=loop, **more)


async def _ended(work: Coroutine[Any, Any, Any]) -> Any:
    """Do the work, and have an exit in it be an error.

    Raises:
        AgentExits: in the place of `SystemExit`.
    """
    try:
        return await work
    except SystemExit as error:
        raise AgentExits(f"The agent's code called sys.exit({error.code!r})") from error


def install() -> None:
    """Have the running event loop make its tasks so. Calling it again changes nothing."""
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    if not isinstance(before, _TaskFactory):
        loop.set_task_factory(_TaskFactory(before))
