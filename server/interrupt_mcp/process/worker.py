"""A process that drives the runs of a project, and has no client: alone, or for the front that started it."""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import anyio
from anyio.abc import TaskGroup

from interrupt_mcp.agents.manifest import read_manifest
from interrupt_mcp.agents.offering import offered
from interrupt_mcp.app.working import Working, working
from interrupt_mcp.config import Settings
from interrupt_mcp.config.settings import policy_in
from interrupt_mcp.distribution import version
from interrupt_mcp.errors import ConfigError, Error
from interrupt_mcp.process import loop
from interrupt_mcp.process.leaving import Leaving
from interrupt_mcp.process.wire import Wire
from interrupt_mcp.text.visible import printable_line
from interrupt_mcp.workers.environments import served_here

if TYPE_CHECKING:
    from interrupt_mcp.workers.answering import Answering, Telling
    from interrupt_mcp.workers.pipes import Receiving, Sending
    from interrupt_mcp.workers.threads import ThreadedReceiving, ThreadedSending

log = logging.getLogger(__name__)
_NO_MEMORY = b"This worker gets no more memory, and ends; what it drove goes on in another one.\n"


def run(settings: Settings, agents: tuple[str, ...] | None, wire: Wire | None, leaving: Leaving) -> None:
    """Serve, on an event loop of its own; `None` are all agents, and without a wire there is no front.

    Raises:
        ConfigError: no agent has one of the names, or the `langgraph.json` is not as it should be.
    """
    served = _served(settings, agents)
    if wire is None:
        loop.run(_alone, settings, served, leaving)
    else:
        loop.run(_for_front, settings, served, wire, leaving)


async def _alone(settings: Settings, served: tuple[str, ...], leaving: Leaving) -> None:
    """Serve until a signal comes."""
    async with working(settings, frozenset(served)) as works:
        leaving.attach(works.settle)
        _say(f"serves {', '.join(served)} of project {settings.project}, {settings.config_path}")
        async with anyio.create_task_group() as tasks:
            works.serve()
            await works.look()
            tasks.start_soon(works.watch)
            await leaving.begun()
            tasks.cancel_scope.cancel()
    _say("ended; what it drove goes on in the next process")


async def _for_front(settings: Settings, served: tuple[str, ...], wire: Wire, leaving: Leaving) -> None:
    """Serve until the front closes its end, or a signal comes."""
    from interrupt_mcp.store.versions import SCHEMA_VERSION
    from interrupt_mcp.workers.answering import Front, Telling
    from interrupt_mcp.workers.exhausted import Exhausted
    from interrupt_mcp.workers.messages import Cannot, Hello, Leaves, Ready

    asyncio.get_running_loop().set_exception_handler(_end_without_memory)
    sending, receiving = _pipes()

    def gone(_why: str, _about_to_end: bool) -> None:
        leaving.begin()

    to_front, front = sending(_file(wire.output, "wb"), gone), Front()
    from_front, telling = receiving(_file(wire.input, "rb"), front.hear, gone), Telling(to_front.send)
    try:
        telling.say(Hello(version(), SCHEMA_VERSION))
        # Another version than the front's would lay the database out anew.
        if not await _first(front.welcomed, leaving.begun):
            return
        onlooker = Exhausted(leaving.begin) if settings.worker_memory is not None else None
        besides = policy_in(settings, front.policy)
        async with working(settings, frozenset(served), telling, onlooker, besides) as works:
            leaving.attach(works.settle)
            async with anyio.create_task_group() as tasks:
                front.answered_by(_answering(works, telling, tasks))
                telling.say(Ready())
                log.info("worker %d serves project %s of %s", os.getpid(), settings.project, settings.config_path)
                await leaving.begun()
                from_front.close()
                telling.say(Leaves())
                tasks.cancel_scope.cancel()
    except Error as error:
        telling.say(Cannot(str(error)))
        raise
    finally:
        from_front.close()
        to_front.finish()


def _end_without_memory(loop: asyncio.AbstractEventLoop, happened: dict[str, Any]) -> None:
    """End the process where the loop itself gets no more memory: what the front says would be lost, or never read.

    An agent's own lack of it ends the agent's run.
    """
    if "handle" in happened and isinstance(happened.get("exception"), MemoryError):
        os.write(2, _NO_MEMORY)
        os._exit(1)
    loop.default_exception_handler(happened)


async def _first(one: Callable[[], Awaitable[None]], other: Callable[[], Awaitable[None]]) -> bool:
    """Wait for either; return whether it was the one."""
    found = False

    async def wait() -> None:
        nonlocal found
        await one()
        found = True
        tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await other()
        tasks.cancel_scope.cancel()
    return found


def _pipes() -> "tuple[type[Sending | ThreadedSending], type[Receiving | ThreadedReceiving]]":
    """Return what writes and reads pipes on this system."""
    if sys.platform == "win32":
        from interrupt_mcp.workers.threads import ThreadedReceiving, ThreadedSending

        return ThreadedSending, ThreadedReceiving
    from interrupt_mcp.workers.pipes import Receiving, Sending

    return Sending, Receiving


def _answering(works: Working, telling: "Telling", tasks: TaskGroup) -> "Answering":
    """Return what does what the front says, with what it keeps doing in the tasks."""
    from interrupt_mcp.engine.local import LocalEngine
    from interrupt_mcp.workers.answering import Answering

    assert isinstance(works.engine, LocalEngine)
    answering = Answering(telling, tasks, works.engine, works.signals, works.side_of, works.look)
    tasks.start_soon(answering.keep_looking)
    tasks.start_soon(answering.keep_telling)
    return answering


def _file(descriptor: int, mode: str) -> BinaryIO:
    return cast("BinaryIO", open(descriptor, mode, buffering=0))


def _served(settings: Settings, agents: tuple[str, ...] | None) -> tuple[str, ...]:
    there = tuple(offered(read_manifest(settings.config_path), settings.offers))
    if unknown := [name for name in agents or () if name not in there]:
        raise ConfigError(f"--agents has {', '.join(unknown)}, and {settings.config_path} names {', '.join(there)}")
    served = served_here(settings, there) if agents is None else agents
    if not served:
        raise ConfigError(f"All agents of {settings.config_path} run in other environments than {sys.executable}'s")
    return served


def _say(what: str) -> None:
    print(printable_line(f"interrupt-mcp worker {version()} {what}"), file=sys.stderr, flush=True)  # noqa: T201
