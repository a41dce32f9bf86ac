"""Previews: the operator's functions that tell what a call would change, run within a bound for what people are asked.

A preview hinders nothing: whatever it raises, returns or waits for, the question is asked. It runs in a thread of its
own; one that does not end is left behind, and while many do not end no more are begun. It does not know who asks.
"""

import inspect
from asyncio import run, wait_for
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any

import anyio

from interrupt_mcp import authority
from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.config.policy import Policy, PolicyNow
from interrupt_mcp.driving.returned import preview_returned
from interrupt_mcp.errors import AgentError
from interrupt_mcp.model import JsonObject, Question, Request
from interrupt_mcp.model.previews import Preview, PreviewFailed
from interrupt_mcp.text.redaction import said

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent, Agents

SECONDS = 2.0
"""How long all previews of one pause may take together."""
_PLACES = 8
"""How many run at once."""
_MOST_LEFT = 16
"""How many may be running, those included that were left behind."""
_LONGEST = 500
_LATE = PreviewFailed(f"it took longer than {SECONDS:g} seconds")
_MANY = PreviewFailed("too many previews before it have not ended")


@dataclass(frozen=True, slots=True)
class _Subject:
    """A call of which it can be told what it would change."""

    name: str
    """Of its tool, or its sensitive function."""
    args: JsonObject
    defaults: JsonObject
    """Those that were shown with the arguments."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One preview that is to be made."""

    reference: str | None
    """The function that policy names; `None` where the tool came with its own."""
    own: Callable[..., object] | None
    agent: str
    target: object
    """The tool, or the sensitive function, where it is known."""
    subject: _Subject


class Previews:
    """The previews of one process."""

    def __init__(self, agents: "Agents", policy: PolicyNow) -> None:
        self._agents = agents
        self._policy = policy
        self._places = anyio.Semaphore(_PLACES)
        self._running: set[Future[Preview | None]] = set()

    async def added(
        self, agent: "Agent", questions: Mapping[str, Question], passed: Mapping[str, object]
    ) -> dict[str, Question]:
        """Return the questions, by the names they have, each request with its preview; at most 2 seconds later.

        `passed` are tools and sensitive functions that are known besides the agent's, by name.
        """
        wanted = {
            (name, request.index): found
            for name, question in questions.items()
            for request in question.requests
            if (found := self._wanted(agent, passed, _subjects(question, request))) is not None
        }
        if not wanted:
            return dict(questions)
        made: dict[tuple[str, int], Preview | None] = dict.fromkeys(wanted, _LATE)

        async def make(place: tuple[str, int]) -> None:
            made[place] = await self._made(wanted[place])

        with anyio.move_on_after(SECONDS):
            async with anyio.create_task_group() as tasks:
                for place in wanted:
                    tasks.start_soon(make, place)
        return {
            name: replace(
                question,
                requests=tuple(replace(each, preview=made.get((name, each.index))) for each in question.requests),
            )
            for name, question in questions.items()
        }

    async def of_edit(self, agent: "Agent", question: Question, request: Request, args: JsonObject) -> Preview | None:
        """Return the preview of the request's call with these arguments, at most 2 seconds later; `None` without one.

        What is about a call in which something else is asked has none: an edit changes nothing of that call.
        """
        subjects = [each for each in _subjects(question, request, args) if each.args is args]
        wanted = self._wanted(agent, {}, subjects)
        if wanted is None:
            return None
        with anyio.move_on_after(SECONDS):
            return await self._made(wanted)
        return _LATE

    def prepare(self, agent: str) -> None:
        """Begin to load what policy names for the agent's tools, so that it is there when it is wanted."""
        for reference in self._policy().previews_of(agent):
            self._agents.named.want(reference)

    async def faults(self, agent: str) -> list[str]:
        """Return a sentence for each preview that policy names for the agent's tools, and that cannot be loaded."""
        return await self._agents.named.faults(self._policy().previews_of(agent))

    def _wanted(
        self, agent: "Agent", passed: Mapping[str, object], subjects: Iterator[_Subject] | list[_Subject]
    ) -> _Wanted | None:
        """Return what is to be made: what policy says of the first subject of which it says something, else its own."""
        from interrupt_mcp.effects.own_preview import own_preview

        policy, found = self._policy(), []
        for subject in subjects:
            known = passed.get(subject.name)
            target = agent.named(subject.name) if known is None else known
            if (reference := policy.of_tool(agent.name, subject.name).preview) is not None:
                return _Wanted(reference, None, agent.name, target, subject)
            if (own := own_preview(target)) is not None:
                found.append(_Wanted(None, own, agent.name, target, subject))
        return found[0] if found else None

    async def _made(self, wanted: _Wanted) -> Preview | None:
        async with self._places:
            try:
                function = (
                    wanted.own if wanted.reference is None else await self._agents.named.function(wanted.reference)
                )
            except AgentError as error:
                return PreviewFailed(str(error.args[0]))
            if function is None or len(self._running) >= _MOST_LEFT:
                return _MANY
            return await result_of(self._begin(partial(_told, function, wanted, self._asked_about(wanted))))

    def _asked_about(self, wanted: _Wanted) -> Callable[[str], bool]:
        """Return what tells which tools a person is asked about, which none of a preview's code may call."""

        def asked_about(tool: str) -> bool:
            if tool == wanted.subject.name:
                return True
            return authority.sensitive_rule(self._policy(), wanted.agent, tool) is not None

        return asked_about

    def _begin(self, tell: Callable[[], Preview | None]) -> "Future[Preview | None]":
        """Have it told in a thread, which does not keep the process from ending."""
        from interrupt_mcp.effects import doors

        # In a process that has driven no run yet they are not there, and tools could be called past them.
        doors.install()
        future: Future[Preview | None] = Future()
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        work = partial(copy_context().run, lambda: future.set_result(tell()))
        try:
            Thread(target=work, name="interrupt-mcp-preview", daemon=True).start()
        except RuntimeError as error:
            # The system gives no more threads.
            future.set_result(PreviewFailed(_said(error)))
        return future


def named_for(policy: Policy, agent: str, question: Question, request: Request) -> bool:
    """Whether policy names a preview for what the request is about."""
    return any(policy.of_tool(agent, each.name).preview for each in _subjects(question, request))


def _subjects(question: Question, request: Request, args: JsonObject | None = None) -> Iterator[_Subject]:
    """Yield the calls that the request is about, the one that it would make first; `args` are those of an edit."""
    args = request.args if args is None else args
    if request.call is not None:
        yield _Subject(request.call.name, args, request.call.defaults)
        return
    # A name and arguments that code made up are nobody's call.
    if question.ours:
        yield _Subject(request.action, args, {})
    if question.inside is not None:
        yield _Subject(question.inside.name, question.inside.complete, {})


def _told(function: Callable[..., Any], wanted: _Wanted, asked_about: Callable[[str], bool]) -> Preview | None:
    """Call the function, and return what it tells."""
    from interrupt_mcp.effects.own_preview import called_with
    from interrupt_mcp.effects.previewing import previewing

    try:
        with previewing(asked_about):
            told = function(**called_with(wanted.target, wanted.subject.args, wanted.subject.defaults))
            return preview_returned(run(_awaited(told)) if inspect.isawaitable(told) else told)
    except BaseException as error:  # noqa: BLE001  the operator's code raises what it likes, as what ends a program
        return PreviewFailed(_said(error))


async def _awaited(told: Awaitable[object]) -> object:
    """Wait for it, no longer than anybody waits for what it tells."""
    return await wait_for(told, SECONDS)


def _said(error: BaseException) -> str:
    try:
        return said(error, _LONGEST)
    except BaseException:  # noqa: BLE001  an error may raise when it is looked at
        return type(error).__name__
