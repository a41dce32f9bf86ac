"""Runs: all of them, and one to its end, with what it asked, what was decided and what was done."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from interrupt_mcp.errors import Error
from interrupt_mcp.forms.changes import changes
from interrupt_mcp.forms.sentence import name_of, sentence
from interrupt_mcp.model import MISSING, Decision, Filters, Interrupt, Json, Missing, Proof, Run, RunStatus
from interrupt_mcp.text.glimpse import glimpse
from interrupt_mcp.text.visible import visible_json
from interrupt_mcp.web.addresses import at
from interrupt_mcp.web.effects import effects_shown
from interrupt_mcp.web.refused import refused
from interrupt_mcp.web.visit import Visit

_PAGE = 50
_LONGEST_NAME = 200
_GLIMPSE = 300
_NO_OUTPUT: tuple[Json | Missing, ...] = (MISSING, None, {})
"""Outputs that are not shown: of a graph whose messages are all that it has, it is an empty object."""
_SAID = {"late": "The run had come to its end before, and stays as it is."}


@dataclass(frozen=True, slots=True)
class RunLine:
    """One line of the list."""

    run: Run
    waits: Sequence[Interrupt]
    """What it asks, where it waits."""
    result: str
    """What came of it, or why it failed; its beginning, not yet made visible."""


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A decision that was made in a run."""

    interrupt: Interrupt
    action: str
    decision: Decision
    proof: Proof
    round: int
    """How often it had been asked before, because an outcome was unknown."""
    changed: Sequence[str]
    """What an edit changed, line by line; nothing of any other decision."""
    answer: Sequence[str]
    """What was answered, visible and line by line; none where nothing was."""


async def listed(visit: Visit) -> Response:
    """List runs, newest first."""
    word = visit.asked("status")
    status = RunStatus(word) if word in list(RunStatus) else None
    agent, thread_id = visit.asked("agent")[:_LONGEST_NAME], visit.asked("thread")[:_LONGEST_NAME]
    filters = Filters(agent=agent, thread_id=thread_id, status=status)
    found, cursor = await visit.runs.list_runs(filters, visit.asked("cursor"), _PAGE)
    return await visit.page(
        "runs",
        items=[await _line(visit, each) for each in found],
        cursor=cursor or "",
        older=bool(visit.asked("cursor")),
        filters=filters,
        agents=sorted({each.agent for each in found}),
        statuses=list(RunStatus),
    )


async def one(visit: Visit) -> Response:
    """Show a run as it stands; the page follows it to its end."""
    return await _show(visit, said=_SAID.get(visit.asked("said"), ""))


async def before_cancel(visit: Visit) -> Response:
    """Ask whether the run is to be ended."""
    run, interrupts = await visit.runs.case(visit.path("run_id"))
    if run.status.finished:
        return visit.see(at("runs", run.run_id), said="late")
    waits = [name_of(each) for each in interrupts if each.undecided]
    return await visit.page("cancel", run=run, waits=waits, doing=visit.runs.doing(run))


async def cancel(visit: Visit) -> Response:
    """End a run."""
    before = await visit.runs.get(visit.path("run_id"))
    run = await visit.runs.cancel(before.run_id, visit.actor)
    late = before.status.finished or run.status is not RunStatus.CANCELLED
    return visit.see(at("runs", run.run_id), said="late" if late else "")


async def retry(visit: Visit) -> Response:
    """Let a run that failed go on from its last checkpoint."""
    run_id = visit.path("run_id")
    try:
        await visit.runs.resume(run_id, [], visit.actor)
    except Error as error:
        said, status = refused(error)
        return await _show(visit, said=said, status=status)
    return visit.see(at("runs", run_id))


async def _show(visit: Visit, said: str = "", status: int = 200) -> Response:
    run, interrupts = await visit.runs.case(visit.path("run_id"))
    threads = visit.runs.threads
    return await visit.page(
        "run",
        status,
        run=run,
        doing=visit.runs.doing(run),
        waits=[(each, name_of(each), sentence(each, each.undecided[0])) for each in interrupts if each.undecided],
        output=[] if run.output in _NO_OUTPUT else visible_json(run.output),
        made=_decisions(interrupts),
        done=await effects_shown(visit, await threads.effects_of(run.run_id)),
        left=await effects_shown(visit, await threads.effects_done(run.run_id)),
        decided=visit.asked("decided"),
        said=said,
    )


async def _line(visit: Visit, run: Run) -> RunLine:
    if run.status is RunStatus.INTERRUPTED:
        return RunLine(run, (await visit.runs.get(run.run_id)).interrupts, "")
    if run.error is not None:
        return RunLine(run, (), run.error.message)
    output = "" if run.output in _NO_OUTPUT else glimpse(run.output, _GLIMPSE)
    return RunLine(run, (), run.answer or output)


def _decisions(interrupts: Sequence[Interrupt]) -> list[DecisionMade]:
    """Return all decisions on these, in the order in which they were made."""
    found = [
        _made(interrupt, round_, index, decision, proof)
        for interrupt in interrupts
        for (round_, index), (decision, proof) in interrupt.decisions.items()
    ]
    return sorted(found, key=lambda each: each.proof.at)


def _made(interrupt: Interrupt, round_: int, index: int, decision: Decision, proof: Proof) -> DecisionMade:
    request = interrupt.question.request(index)
    args = {} if request is None else request.args
    return DecisionMade(
        interrupt=interrupt,
        action="" if request is None else request.action,
        decision=decision,
        proof=proof,
        round=round_,
        changed=[] if decision.args is None else changes(args, decision.args),
        answer=[] if decision.value is MISSING else visible_json(decision.value),
    )
