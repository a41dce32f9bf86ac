"""Agents under test: their runs, decided in code as by a person, and what they did. It knows no pytest.

What is underneath is the product: its store, its gate and its policy, in a thread with an event loop of its own. So a
plain test can use it, and one that runs in an event loop too.
"""

import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from interrupt_mcp.authority import this_user
from interrupt_mcp.client import Request, Run, RunsError
from interrupt_mcp.client.errors import StillRunning, refusal
from interrupt_mcp.client.nouns import edited
from interrupt_mcp.model import Performed, RunId
from interrupt_mcp.testing.effects import Effect, effect_of

T = TypeVar("T")


class AgentFailed(AssertionError):
    """The agent raised. The message says where in its own code; the cause is what it raised, `run` how it stands."""

    def __init__(self, run: Run) -> None:
        assert run.error is not None
        super().__init__(f"{run.error.code}: {run.error.message}")
        self.run = run


class Agents:
    """The agents of one `langgraph.json`, to be used in `with`, or as the fixture of this name in lower case."""

    def __init__(self, config: Path, named: bool = True, *, database: Path) -> None:
        """Take the agents of the file, and policy beside it; `named` is whether somebody chose that file."""
        self.seconds = 60.0
        """How long a run may take to its next pause or its end."""
        self._config, self._named, self._database = config, named, database
        self._stack = ExitStack()
        self._effects: list[Effect] = []
        self._raised: dict[str, BaseException] = {}
        self._opened: tuple[Any, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def effects(self) -> list[Effect]:
        """All that the agents did so far in this test, in the order in which it ended."""
        return list(self._effects)

    @property
    def unasked(self) -> list[Effect]:
        """What of it ran without anybody having been asked."""
        return [effect for effect in self._effects if not effect.asked]

    def start(
        self,
        agent: str,
        message: str = "",
        *,
        input: Any = None,
        context: Mapping[str, Any] | None = None,
        thread_id: str = "",
    ) -> Run:
        """Start a run, and return it once it paused or ended.

        Raises:
            AgentFailed: the agent raised.
            RunsError: it cannot be started so.
        """
        from interrupt_mcp.runs.caller import StartRequest, silently

        given = None if context is None else dict(context)
        request = StartRequest(agent=agent, message=message, input=input, context=given, thread_id=thread_id)

        async def begin(runs: Any) -> str:
            return str(await runs.start(request, _person(), silently))

        return self._gone_on(self._call(begin))

    def accept(self, what: Run | Request) -> Run:
        """Let what the run asks be done as it was asked, and return the run once it paused anew or ended.

        `what` is a run that asks one thing, or one of its `requests`.
        """
        return self._decide(what, "accept")

    def edit(self, what: Run | Request, changes: Mapping[str, Any] | None = None, /, **named: Any) -> Run:
        """Let it be done with other arguments: `changes`, or the same by name; those not named stay as they are."""
        request = what if isinstance(what, Request) else what.asked
        return self._decide(request, "edit", args=edited(request, {**(changes or {}), **named}))

    def reject(self, what: Run | Request, message: str = "") -> Run:
        """Have it not done; the agent is told the message."""
        return self._decide(what, "reject", message=message or None)

    def respond(self, what: Run | Request, value: Any) -> Run:
        """Answer with any JSON, without doing what was asked about."""
        return self._decide(what, "respond", value=value)

    def _decide(self, what: Run | Request, type_: str, **more: Any) -> Run:
        from interrupt_mcp.model import Decision, DecisionType
        from interrupt_mcp.runs.decisions import GivenDecision

        request = what if isinstance(what, Request) else what.asked
        decision = Decision(DecisionType(type_), request.index, digest=request.digest, **more)

        async def decide(runs: Any) -> None:
            interrupt = await runs.interrupt(request.interrupt_id)
            terms = next((each.terms for each in interrupt.wanted if each.index == request.index), None)
            await runs.resume(request.run_id, [GivenDecision.on(interrupt, decision)], _person(terms))

        self._raised.pop(request.run_id, None)
        self._call(decide)
        return self._gone_on(request.run_id)

    def _gone_on(self, run_id: str) -> Run:
        from interrupt_mcp.runs.caller import silently
        from interrupt_mcp.views.run_json import run_body

        async def look(runs: Any) -> dict[str, Any]:
            found = await runs.wait(run_id, self.seconds, silently)
            return run_body(found, await runs.approver(found.thread_id, found.agent), runs.ways)

        run = Run.of(self._call(look))
        if run.in_flight:
            raise StillRunning(run, f"did not pause or end in {self.seconds:g} s")
        if run.error is not None and (run.status == "error" or run_id in self._raised):
            raise AgentFailed(run) from self._raised.get(run_id)
        return run

    def _call(self, use: Callable[[Any], Awaitable[T]]) -> T:
        """Return what comes of a use case, called where the agents live.

        Raises:
            RunsError: it is refused.
        """
        from interrupt_mcp.errors import Error

        portal, app = self._opened or self._open()

        async def call() -> T:
            return await use(await app.runs())

        try:
            result: T = portal.call(call)
            return result
        except Error as error:
            raise _refused(error) from error

    def _open(self) -> tuple[Any, Any]:
        """Begin the thread in which the agents live, once a test first uses them."""
        from anyio.from_thread import start_blocking_portal

        from interrupt_mcp.app import running
        from interrupt_mcp.config import read_settings
        from interrupt_mcp.errors import Error

        # The tester's own desktop, database and clients are none of the test's.
        environ = {"INTERRUPT_MCP_INBOX": "off", "INTERRUPT_MCP_DATABASE": f"sqlite:///{self._database}"}
        config = str(self._config) if self._named else None
        self._stack.callback(_restore, set(os.environ), len(sys.path))
        try:
            settings = read_settings(environ, config=config, cwd=self._config.parent)
            for name, value in settings.agent_variables.items():
                os.environ.setdefault(name, value)
            portal = self._stack.enter_context(start_blocking_portal())
            app = self._stack.enter_context(
                portal.wrap_async_context_manager(running(settings, _Watching(self._effects, self._raised)))
            )
        except Error as error:
            raise _refused(error) from error
        self._opened = portal, app
        return portal, app


class _Watching:
    """Hears what the runs do, in any thread."""

    def __init__(self, effects: list[Effect], raised: dict[str, BaseException]) -> None:
        self._heard = effects
        self._errors = raised

    def performed(self, run_id: RunId, what: Performed) -> None:
        self._heard.append(effect_of(run_id, what))

    def raised(self, run_id: RunId, error: BaseException) -> None:
        self._errors[run_id] = error


def _person(terms: Any = None) -> Any:
    """Return who decides: a person, through a channel that policy takes, so that nothing of policy is loosened."""
    from interrupt_mcp.model import Channel
    from interrupt_mcp.runs.caller import Actor

    allowed = (terms and terms.channels) or (Channel.TERMINAL,)
    channel = next((each for each in allowed if each.reaches_person), allowed[0])
    return Actor(channel, this_user().principal, "a test")


def _refused(error: Any) -> RunsError:
    return refusal(error.code, str(error))


def _restore(variables: set[str], paths: int) -> None:
    """Take back the variables and the folders of modules that the project brought: both come last."""
    for name in os.environ.keys() - variables:
        del os.environ[name]
    del sys.path[paths:]
