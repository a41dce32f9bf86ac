"""Asking: what a run waits for is put to the person at the client, and the call goes on with the answers.

From revision 2026-07-28 on the call returns the forms, and the client makes it again with the answers and the sealed
state. Before, the server puts forms to the client in requests of its own, which outlive the call.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import anyio
from anyio.abc import TaskGroup
from mcp.server.mcpserver import Context
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from pydantic import ValidationError

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.mcp import caller
from interrupt_mcp.model import Channel, Decision, Json, Run, RunStatus

if TYPE_CHECKING:
    from interrupt_mcp.channels.elicitation import Answer
    from interrupt_mcp.channels.open_forms import OpenForms
    from interrupt_mcp.forms import Consent, Form
    from interrupt_mcp.runs.caller import Actor, Progress
    from interrupt_mcp.runs.decisions import Given
    from interrupt_mcp.runs.runs import Proposals, Runs

_ROUNDS = 10
"""How often clients let one call ask; once more, and they give the call up."""
_CONSENT = "consent"
_HTTP_SECONDS = 50.0
"""Over HTTP a form gets to the client on the stream of its call, so the call stays for the forms that come after."""
Show = Callable[[Run, str], Awaitable[CallToolResult]]
Outcome = CallToolResult | InputRequiredResult


@dataclass(frozen=True, slots=True)
class State:
    """What a client hands back with its answers: which run, which forms, and how often this call has asked."""

    run_id: str
    asked: Mapping[str, str]
    proposals: Mapping[str, int] = field(default_factory=dict)
    """The key of a form, and which of the call's own decisions was shown in it."""
    round: int = 1

    def dump(self) -> str:
        return json.dumps([self.run_id, dict(self.asked), dict(self.proposals), self.round])


def state_of(ctx: Context) -> State | None:
    """What this server sealed into the call, which goes on where that state was made."""
    state = _opened(ctx)
    return State(*state) if isinstance(state, list) else None


def consent_state_of(ctx: Context) -> str | None:
    """How the thing was that a person was asked to agree to, where the call comes back with the answer."""
    state = _opened(ctx)
    return str(state[_CONSENT]) if isinstance(state, dict) else None


def _opened(ctx: Context) -> Any:
    """
    Raises:
        InvalidInput: the client speaks a revision in which nothing is asked so.
    """
    if ctx.request_state is None:
        return None
    if not caller.is_modern(ctx):
        raise InvalidInput(f"Request state is of revision {caller.MODERN}, and this connection is of an earlier one")
    return json.loads(ctx.request_state)


@dataclass(frozen=True, slots=True)
class Said:
    """What came back of a form for consent, and how the thing was that it was shown for."""

    answer: "Answer | None"
    mark: str


class Desk:
    """What lives as long as a server, or over stdio as long as its one connection: the forms it has open."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._open: OpenForms | None = None

    @property
    def forms(self) -> "OpenForms":
        if self._open is None:
            from interrupt_mcp.channels.open_forms import OpenForms

            self._open = OpenForms(self._tasks)
        return self._open


@asynccontextmanager
async def desk(_server: object) -> AsyncIterator[Desk]:
    """The server's lifespan."""
    async with anyio.create_task_group() as tasks:
        yield Desk(tasks)
        tasks.cancel_scope.cancel()


@dataclass(frozen=True, slots=True)
class Asking:
    """One call that starts or resumes a run, and may ask."""

    ctx: Context
    runs: "Runs"
    progress: "Progress"
    wait_seconds: float
    asks: bool
    show: Show
    silent: str = ""
    """What is said of a run that waits on, where nobody was asked and nothing was decided."""

    @property
    def actor(self) -> "Actor":
        return caller.actor(self.ctx, Channel.ELICITATION, asks=True)

    async def see_through(
        self,
        run_id: str,
        remark: str = "",
        given: Sequence["Given"] = (),
        proposals: "Proposals | None" = None,
        rounds: int = 0,
    ) -> Outcome:
        """Wait for the run, and ask for what it waits for; `proposals` are those of `given` that a person must make."""
        began = anyio.current_time()
        run = await self.runs.wait(run_id, self.wait_seconds, self.progress)
        if run.status is not RunStatus.INTERRUPTED:
            return await self.show(run, remark)
        if not self.asks:
            return await self.show(run, remark or self.silent)
        keyed = _keyed(run, proposals or {})
        if caller.is_modern(self.ctx):
            return await self._ask(run, remark, State(run_id, {}, keyed, round=rounds), given)
        return await self._put(run, remark, _decisions(keyed, given), began)

    async def go_on(self, state: State, given: Sequence["Given"] = ()) -> Outcome:
        """Take the answers to the forms that this call asked, and see the run through."""
        from interrupt_mcp.channels.elicitation import Answer, Elicitation, remark

        proposed = _decisions(state.proposals, given)
        answers = {key: _answer(each) for key, each in (self.ctx.input_responses or {}).items()}
        if not self.asks:
            answers = dict.fromkeys(state.asked, Answer("error", error="nobody is asked by forms here any more"))
        taken = await Elicitation(self.runs).take(state.run_id, state.asked, answers, proposed, self.actor)
        run = await self.runs.wait(state.run_id, self.wait_seconds, self.progress)
        if not self.asks or run.status is not RunStatus.INTERRUPTED:
            return await self.show(run, remark(taken))
        return await self._ask(run, remark(taken), replace(state, proposals={}), ())

    async def _ask(self, run: Run, remark: str, before: State, given: Sequence["Given"]) -> Outcome:
        """The forms as the call's result; the run where none is left to show."""
        from interrupt_mcp.channels.elicitation import Elicitation

        forms = await Elicitation(self.runs).forms(run, _decisions(before.proposals, given), before.asked)
        if not forms or before.round >= _ROUNDS:
            return await self.show(run, remark or self.silent)
        asked = {form.key: form.interrupt.digest for form in forms}
        state = replace(before, asked=asked, round=before.round + 1)
        return InputRequiredResult(
            input_requests={form.key: _request(form) for form in forms}, request_state=state.dump()
        )

    async def _put(self, run: Run, remark: str, proposed: Mapping[str, Decision], began: float) -> CallToolResult:
        """The forms in requests of the server's own, for as long as this call may last."""
        from interrupt_mcp.channels import elicitation

        over_http = self.ctx.headers is not None
        deadline = began + (max(self.wait_seconds, _HTTP_SECONDS) if over_http else self.wait_seconds)
        forms = cast("Desk", self.ctx.request_context.lifespan_context).forms
        client = (self.ctx.headers or {}).get("mcp-session-id", "")
        asked: dict[str, str] = {}
        said = [remark] if remark else []
        while run.status is RunStatus.INTERRUPTED:
            made = await forms.ask(client, self.runs, run, proposed, asked, self._shown, self.actor)
            with anyio.move_on_at(deadline):
                await made.done.wait()
            if not made.done.is_set():
                return await self.show(await self.runs.get(run.run_id), _still_open(run, made.showing))
            if not made.forms:
                break
            said += [each] if (each := elicitation.remark(made.taken)) else []
            asked |= made.asked
            left = max(0.0, deadline - anyio.current_time())
            run = await self.runs.wait(run.run_id, left, self.progress)
        return await self.show(run, " ".join(said) or ("" if asked else self.silent))

    async def consent(self, consent: "Consent", mark: str) -> "Said | InputRequiredResult":
        """What a person says to it, or the form to ask with; `mark` tells how the thing is that it is about."""
        if not caller.is_modern(self.ctx):
            answer = None
            with anyio.move_on_after(self.wait_seconds):
                answer = await self._shown(consent)
            return Said(answer, mark)
        asked_about = consent_state_of(self.ctx)
        if asked_about is None:
            state = json.dumps({_CONSENT: mark})
            return InputRequiredResult(input_requests={_CONSENT: _request(consent)}, request_state=state)
        given = (self.ctx.input_responses or {}).get(_CONSENT)
        return Said(None if given is None else _answer(given), asked_about)

    async def _shown(self, form: "Form | Consent") -> "Answer":
        from interrupt_mcp.channels.elicitation import Answer

        # Over HTTP only the call's own stream is sure to be there.
        related = None if self.ctx.headers is None else self.ctx.request_id
        try:
            result = await self.ctx.session.elicit_form(form.message, form.schema, related)
        except MCPError as error:
            return Answer("error", error=f"the client did not show the form: {error.message[:200]}")
        except ValidationError:
            return Answer("error", error="the client answered the form with something that is no answer")
        return _answer(result)


def _keyed(run: Run, proposals: "Proposals") -> dict[str, int]:
    from interrupt_mcp.forms import key_of

    return {
        key_of(interrupt, request): proposals[interrupt.interrupt_id, request.index]
        for interrupt in run.interrupts
        for request in interrupt.undecided
        if (interrupt.interrupt_id, request.index) in proposals
    }


def _decisions(proposals: Mapping[str, int], given: Sequence["Given"]) -> dict[str, Decision]:
    from interrupt_mcp.dialects import parse_type

    return {
        key: Decision(parse_type(each.type), args=each.args, message=each.message, value=each.value)
        for key, number in proposals.items()
        if number < len(given) and (each := given[number])
    }


def _request(form: "Form | Consent") -> ElicitRequest:
    return ElicitRequest(params=ElicitRequestFormParams(message=form.message, requested_schema=form.schema))


def _answer(result: Any) -> "Answer":
    from interrupt_mcp.channels.elicitation import Answer

    if not isinstance(result, ElicitResult):
        return Answer("error", error="the client answered the form with something that is no answer")
    return Answer(result.action, cast("Mapping[str, Json] | None", result.content))


def _still_open(run: Run, code: str) -> str:
    return (
        f"Nothing was decided. A form about {code} is open and stays open; an answer counts whenever it comes, and"
        f" get_run with run_id {run.run_id} shows it."
    )
