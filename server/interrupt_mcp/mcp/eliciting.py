"""Eliciting: what a run waits for is put to the person at the client, and the call goes on with the answers.

From revision 2026-07-28 on the call returns the forms, and the client makes it again with the answers and the sealed
state. Before, the server puts forms to the client in requests of its own, which outlive the call.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import anyio
from anyio.abc import TaskGroup
from mcp.server.mcpserver import Context
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from mcp_types.methods import validate_client_result
from pydantic import ValidationError

from interrupt_mcp.concurrency.futures import end_of
from interrupt_mcp.mcp import caller
from interrupt_mcp.mcp.request_state import ConsentState, FormsState, consent_state_of
from interrupt_mcp.model import Json, Run, RunStatus

if TYPE_CHECKING:
    from mcp.server.session import ServerSession

    from interrupt_mcp.channels.elicitation import Answer, Proposed
    from interrupt_mcp.channels.open_forms import OpenForms
    from interrupt_mcp.forms import Consent, Form, FormKey
    from interrupt_mcp.runs.caller import Actor, Progress
    from interrupt_mcp.runs.decisions import GivenDecision, Proposals
    from interrupt_mcp.runs.runs import Runs

_ROUNDS = 10
"""How often clients let one call ask; once more, and they give the call up."""
_MOST_IDS = 2**52
"""All of them are numbers that every client can read."""
_CONSENT = "consent"
"""The key of the one form that asks for consent."""
_HTTP_SECONDS = 50.0
"""Over HTTP a form gets to the client on the stream of its call, so the call stays for the forms that come after."""
ShowRun = Callable[[Run, str], Awaitable[CallToolResult]]
"""Makes the call's result of the run, and of a remark on what the call did."""
Outcome = CallToolResult | InputRequiredResult
"""The result of a call, or the forms that the client must have filled in first."""


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """What came back of a form for consent."""

    answer: "Answer | None"
    mark: str
    """How the thing was that the form was shown for."""


class OpenFormsOfServer:
    """The forms that a server has open. They live as long as it does, or over stdio as long as its one connection."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._open: OpenForms | None = None

    @property
    def forms(self) -> "OpenForms":
        """The open forms. What they need is imported when the first is opened."""
        if self._open is None:
            from interrupt_mcp.channels.open_forms import OpenForms

            self._open = OpenForms(self._tasks)
        return self._open


@asynccontextmanager
async def open_forms_of(_server: object) -> AsyncIterator[OpenFormsOfServer]:
    """Keep forms open for as long as this is entered: the server's lifespan."""
    async with anyio.create_task_group() as tasks:
        yield OpenFormsOfServer(tasks)
        tasks.cancel_scope.cancel()


@dataclass(frozen=True, slots=True)
class ElicitingCall:
    """One call of a tool that starts or resumes a run, and may ask the person at the client."""

    ctx: Context
    runs: "Runs"
    progress: "Progress"
    wait_seconds: float
    shows_forms: bool
    """Whether the client is one that is asked by forms."""
    actor: "Actor"
    """The person who fills in the forms."""
    show: ShowRun
    silent: str = ""
    """What is said of a run that waits on, where nobody was asked and nothing was decided."""

    async def see_through(
        self,
        run_id: str,
        remark: str = "",
        given: Sequence["GivenDecision"] = (),
        proposals: "Proposals | None" = None,
        rounds: int = 0,
    ) -> Outcome:
        """Wait for the run, and ask for what it waits for.

        `proposals` are those of the `given` decisions that a person must make; `rounds` is how often this call asked.
        """
        began = anyio.current_time()
        run, kept = await self.runs.ending(run_id, self.wait_seconds, self.progress)
        if kept is not None:
            # The result is made while the end is being written, and given once it is on disk.
            shown = await self.show(run, remark)
            await end_of(kept)
            if kept.exception() is None:
                return shown
            run = await self.runs.wait(run_id, self.wait_seconds, self.progress)
        if run.status is not RunStatus.INTERRUPTED:
            return await self.show(run, remark)
        if not self.shows_forms:
            left = self.wait_seconds - (anyio.current_time() - began)
            now = await self.runs.decided_by_people(run, left, self.progress)
            return await self.show(now, remark or (self.silent if now == run else ""))
        proposals = proposals or {}
        if caller.is_modern(self.ctx):
            return await self._ask_in_result(run, remark, FormsState(run_id, {}, proposals, round=rounds), given)
        return await self._ask_in_requests(run, remark, _proposed(proposals, given), began)

    async def go_on(self, state: FormsState, given: Sequence["GivenDecision"] = ()) -> Outcome:
        """Take the answers to the forms that this call asked, and see the run through."""
        from interrupt_mcp.channels.elicitation import Answer, Elicitation, remark

        proposed = _proposed(state.proposals, given)
        answers = {cast("FormKey", key): _answer(each) for key, each in (self.ctx.input_responses or {}).items()}
        if not self.shows_forms:
            answers = dict.fromkeys(state.asked, Answer("error", error="nobody is asked by forms here any more"))
        outcomes = await Elicitation(self.runs).take(state.run_id, state.asked, answers, proposed, self.actor)
        run = await self.runs.wait(state.run_id, self.wait_seconds, self.progress)
        if not self.shows_forms or run.status is not RunStatus.INTERRUPTED:
            return await self.show(run, remark(outcomes))
        return await self._ask_in_result(run, remark(outcomes), replace(state, proposals={}), ())

    async def _ask_in_result(
        self, run: Run, remark: str, before: FormsState, given: Sequence["GivenDecision"]
    ) -> Outcome:
        """Return the forms as the call's result; show the run where none is left."""
        from interrupt_mcp.channels.elicitation import Elicitation

        forms = await Elicitation(self.runs).forms(run, _proposed(before.proposals, given), before.asked)
        if not forms or before.round >= _ROUNDS:
            return await self.show(run, remark or self.silent)
        asked = {form.key: form.interrupt.digest for form in forms}
        state = replace(before, asked=asked, round=before.round + 1)
        return InputRequiredResult(
            input_requests={form.key: _request(form) for form in forms}, request_state=state.dump()
        )

    async def _ask_in_requests(self, run: Run, remark: str, proposed: "Proposed", began: float) -> CallToolResult:
        """Put the forms to the client in requests of the server's own, for as long as this call may last."""
        from interrupt_mcp.channels import elicitation

        over_http = self.ctx.headers is not None
        deadline = began + (max(self.wait_seconds, _HTTP_SECONDS) if over_http else self.wait_seconds)
        forms = cast("OpenFormsOfServer", self.ctx.request_context.lifespan_context).forms
        client = (self.ctx.headers or {}).get("mcp-session-id", "")
        asked: dict[FormKey, str] = {}
        said = [remark] if remark else []
        while run.status is RunStatus.INTERRUPTED:
            made = await forms.ask(client, self.runs, run, proposed, asked, self._elicit, self.actor)
            with anyio.move_on_at(deadline):
                await made.done.wait()
            if not made.done.is_set():
                return await self.show(await self.runs.get(run.run_id), _still_open(run, made.showing))
            if not made.forms:
                break
            said += [each] if (each := elicitation.remark(made.outcomes)) else []
            asked |= made.asked
            left = max(0.0, deadline - anyio.current_time())
            run = await self.runs.wait(run.run_id, left, self.progress)
        return await self.show(run, " ".join(said) or ("" if asked else self.silent))

    async def consent(self, consent: "Consent", mark: str) -> ConsentAnswer | InputRequiredResult:
        """Ask a person to agree; return what they say, or the form to ask with.

        `mark` tells how the thing is that it is about.
        """
        if not caller.is_modern(self.ctx):
            answer = None
            with anyio.move_on_after(self.wait_seconds):
                answer = await self._elicit(consent)
            return ConsentAnswer(answer, mark)
        asked = consent_state_of(self.ctx)
        if asked is None:
            state = ConsentState(mark).dump()
            return InputRequiredResult(input_requests={_CONSENT: _request(consent)}, request_state=state)
        given = (self.ctx.input_responses or {}).get(_CONSENT)
        return ConsentAnswer(None if given is None else _answer(given), asked.mark)

    async def _elicit(self, form: "Form | Consent") -> "Answer":
        """Show the form in a request of the server's own, and return what comes back."""
        from interrupt_mcp.channels.elicitation import Answer

        try:
            result = await self._answered(_request(form))
        except MCPError as error:
            return Answer("error", error=f"the client did not show the form: {error.message[:200]}")
        except ValidationError:
            return Answer("error", error="the client answered the form with something that is no answer")
        return _answer(result)

    async def _answered(self, request: ElicitRequest) -> ElicitResult:
        """Send the request to the client, and return its answer.

        Over HTTP only the call's own stream is sure to be there. The answer comes in a request of its own, maybe to
        another process, so that no two requests of a session have one id, whichever processes they come from.
        """
        session: ServerSession = self.ctx.session
        if self.ctx.headers is None:
            return await session.send_request(request, ElicitResult)
        asked = request.model_dump(by_alias=True, mode="json", exclude_none=True)
        id_ = secrets.randbelow(_MOST_IDS) + 1
        said = await session._request_outbound.send_raw_request(asked["method"], asked["params"], {"request_id": id_})
        validate_client_result(request.method, session.protocol_version, said)
        return ElicitResult.model_validate(said, by_name=False)


def _proposed(proposals: "Proposals", given: Sequence["GivenDecision"]) -> "Proposed":
    """Return what the call itself would decide, by the form in which it is shown."""
    return {key: given[place].decision for key, place in proposals.items() if place < len(given)}


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
