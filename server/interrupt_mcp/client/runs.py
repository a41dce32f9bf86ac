"""Runs for scripts: start them, wait, decide, or have a person decide, through any connected MCP client."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from interrupt_mcp.client.calls import Calls
from interrupt_mcp.client.errors import StillRunning
from interrupt_mcp.client.nouns import Interrupt, Request, Run, decision_body, edited

if TYPE_CHECKING:
    from mcp import Client

_LOOK_AGAIN_SECONDS = 0.5
"""How often it is looked whether a person decided."""


class Runs:
    """The runs of the project that a server serves.

    Whatever starts a run or lets it go on returns it once it paused or ended, however long that takes. A call that is
    cut off is made again and does nothing twice; where the server refuses, a `RunsError` with its code is raised, and
    `Unreachable` where it does not answer.
    """

    def __init__(self, client: "Client") -> None:
        """Use a client that is connected, over stdio, HTTP or in memory, in any version of the protocol."""
        self._calls = Calls(client)

    async def start(
        self,
        agent: str,
        message: str = "",
        *,
        input: Any = None,
        context: Mapping[str, Any] | None = None,
        thread_id: str = "",
        idempotency_key: str = "",
        on_interrupted: Literal["refuse", "reject"] = "refuse",
        interrupt_before: Sequence[str] = (),
        interrupt_after: Sequence[str] = (),
        wait: bool = True,
    ) -> Run:
        """Start a run of the agent, with a message or the graph's own input, and return it once it paused or ended.

        The arguments are those of `start_run`. Without `wait` it is returned as soon as it is kept. Where the client
        shows forms, the person is asked at once.
        """
        given = {
            "agent": agent,
            "message": message,
            "input": input,
            "context": None if context is None else dict(context),
            "thread_id": thread_id,
            # Under a key of its own a start can be made again where its answer was lost.
            "idempotency_key": idempotency_key or uuid4().hex,
            "on_interrupted": on_interrupted,
            "interrupt_before": list(interrupt_before),
            "interrupt_after": list(interrupt_after),
        }
        arguments = {name: value for name, value in given.items() if value not in (None, "", [])}
        if input is not None:
            arguments["input"] = input
        run = await self._run("start_run", arguments, self._calls.longest_wait if wait else 0)
        return await self.wait(run) if wait and run.in_flight else run

    async def get(self, run_id: str) -> Run:
        """Return the run as it is now."""
        return Run.of(await self._calls.run("get_run", {"run_id": run_id}))

    async def wait(self, run: Run | str, seconds: float | None = None) -> Run:
        """Return the run once it paused or ended: at once where it did.

        `seconds` are for all of it.

        Raises:
            StillRunning: the time is up.
        """
        run_id = run if isinstance(run, str) else run.run_id
        async with _bounded(seconds) as latest:
            while True:
                found = await self._run("get_run", {"run_id": run_id}, self._calls.longest_wait)
                if not found.in_flight:
                    return found
                latest.append(found)
        raise StillRunning(latest[-1] if latest else await self.get(run_id), f"did not pause or end in {seconds:g} s")

    async def ask(self, run: Run | str, seconds: float | None = None) -> Run:
        """Have a person decide what the run asks now, and return it once it went on and paused anew or ended.

        A client that shows forms is asked by them, once; else the person decides on a page or in `interrupt-mcp
        review`. Who closes a form decides nothing, and can still decide elsewhere. `seconds` are for all of it.

        Raises:
            StillRunning: the time is up, and nobody decided, or it goes on since.
        """
        from anyio import sleep

        run_id = run if isinstance(run, str) else run.run_id
        async with _bounded(seconds) as latest:
            asked = found = await self.wait(run_id)
            latest.append(found)
            if found.interrupted:
                found = await self._run("resume_run", {"run_id": run_id}, self._calls.longest_wait)
            while found.interrupted and _questions(found) == _questions(asked):
                latest.append(found)
                await sleep(_LOOK_AGAIN_SECONDS)
                found = await self.get(run_id)
            return await self.wait(found) if found.in_flight else found
        raise StillRunning(latest[-1] if latest else await self.get(run_id), f"was not decided on in {seconds:g} s")

    async def pending(self, *, agent: str = "", thread_id: str = "", run_id: str = "") -> tuple[Interrupt, ...]:
        """Return all that waits for a decision in the project, oldest first, or what of it has to do with these."""
        asked = {"agent": agent, "thread_id": thread_id, "run_id": run_id}
        filters = {name: value for name, value in asked.items() if value}
        found: list[str] = []
        more: dict[str, Any] = {}
        while True:
            page = await self._calls.call("list_interrupts", {**filters, "limit": 100, **more})
            found += [one["run_id"] for one in page["interrupts"]]
            if "next_cursor" not in page:
                break
            more = {"cursor": page["next_cursor"]}
        # A list may be cut where a run is not, and a run says all that it asks.
        runs = [await self.get(each) for each in dict.fromkeys(found)]
        return tuple(sorted((one for run in runs for one in run.interrupts), key=lambda one: one.created_at))

    async def accept(self, what: Run | Request) -> Run:
        """Let what the run asks be done as it was asked, and return the run once it paused anew or ended.

        `what` is a run that asks one thing, or one of its `requests`. A run that asks several goes on when all are
        decided.
        """
        return await self._decide(what, "accept")

    async def edit(self, what: Run | Request, changes: Mapping[str, Any] | None = None, /, **named: Any) -> Run:
        """Let it be done with other arguments: `changes`, or the same by name; those not named stay as they are."""
        request = what if isinstance(what, Request) else what.asked
        return await self._decide(request, "edit", args=edited(request, {**(changes or {}), **named}))

    async def reject(self, what: Run | Request, message: str = "") -> Run:
        """Have it not done; the agent is told the message."""
        return await self._decide(what, "reject", **({"message": message} if message else {}))

    async def respond(self, what: Run | Request, value: Any) -> Run:
        """Answer with any JSON, without doing what was asked about."""
        return await self._decide(what, "respond", value=value)

    async def cancel(self, run: Run | str) -> Run:
        """End the run: what it asked is no longer asked. One that ended stays as it is."""
        return Run.of(await self._calls.run("cancel_run", {"run_id": run if isinstance(run, str) else run.run_id}))

    async def _decide(self, what: Run | Request, type_: str, **more: Any) -> Run:
        request = what if isinstance(what, Request) else what.asked
        decisions = [decision_body(request, type_, more)]
        wait = self._calls.longest_wait
        run = await self._run("resume_run", {"run_id": request.run_id, "decisions": decisions}, wait)
        return await self.wait(run) if run.in_flight else run

    async def _run(self, tool: str, arguments: dict[str, Any], wait_seconds: float) -> Run:
        return Run.of(await self._calls.run(tool, {**arguments, "wait_seconds": wait_seconds}))


def _questions(run: Run) -> set[tuple[str, int, int]]:
    """Return what tells one pause of a run from another, and from itself once some of it is decided."""
    return {(request.interrupt_id, request.index, request.round) for request in run.requests}


@asynccontextmanager
async def _bounded(seconds: float | None) -> AsyncIterator[list[Run]]:
    """End what is done within this context after so many seconds; the list is for the run as it was last seen."""
    from anyio import move_on_after

    with move_on_after(seconds):
        yield []
