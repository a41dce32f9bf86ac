"""What to do now, in one sentence: the last thing a client reads of a run."""

from collections.abc import Iterable, Sequence
from typing import assert_never

from interrupt_mcp import authority
from interrupt_mcp.model import Approver, Channel, Interrupt, Request, Run, RunStatus

_MOST_CODES = 20


def next_step(run: Run, approver: Approver, doing: str = "", *, asks: bool = False, carried: bool = True) -> str:
    """The sentence for a run as it stands.

    `asks` is whether the person can be asked where the sentence is read; `carried`, whether a process is there for it.
    """
    match run.status:
        case RunStatus.PENDING | RunStatus.RUNNING if not carried:
            return NOBODY_SERVES
        case RunStatus.PENDING | RunStatus.RUNNING:
            at = f" ({doing} runs)" if doing else ""
            return f"The run goes on{at}; call get_run with run_id {run.run_id} and wait_seconds to wait for it."
        case RunStatus.INTERRUPTED:
            return _decide(run, approver, asks)
        case RunStatus.SUCCESS:
            return f"The run is finished; start_run with thread_id {run.thread_id} continues the conversation."
        case RunStatus.ERROR:
            return f"The run failed; resume_run with run_id {run.run_id} and no decisions tries again."
        case RunStatus.CANCELLED:
            return f"The run was cancelled; start_run with thread_id {run.thread_id} starts anew on its thread."
        case _ as never:
            assert_never(never)


def _decide(run: Run, approver: Approver, asks: bool) -> str:
    codes = ", ".join(interrupt.code for interrupt in run.interrupts[:_MOST_CODES])
    if (more := len(run.interrupts) - _MOST_CODES) > 0:
        codes += f" and {more} more"
    doubt = any(interrupt.round for interrupt in run.interrupts)
    what = "It is not known whether the action was done. " if doubt else ""
    if run.error is not None:
        what = f"The agent failed with {run.error.message.rstrip('.')}; what it asks can still be decided. {what}"
    for_people = _for_people(run.interrupts, approver)
    if asks and any(Channel.ELICITATION in authority.reached_through(each) for each in for_people):
        too = f", and {TERMINAL}" if _in_terminal(for_people) else ""
        return f"{what}{codes} waits for a person: resume_run with run_id {run.run_id} asks again here{too}."
    if for_people:
        return f"{what}{codes} waits for a person: {who_decides(run.interrupts, approver)}."
    return (
        f"{what}This client cannot ask by itself: show the user the action and the arguments of {codes}, let the user"
        f" choose, then call resume_run with run_id {run.run_id} and the user's decisions."
    )


NOBODY_SERVES = (
    "No process serves this project, so the run does not go on: start an MCP client that has this server, or"
    " `interrupt-mcp serve --http`."
)
TERMINAL = "`interrupt-mcp review` in a terminal shows it too"


def who_decides(interrupts: Iterable[Interrupt], approver: Approver) -> str:
    """Where a person decides these, and what is left to anybody."""
    anybody = all(
        authority.rejected_by_anybody(each.question, request)
        for each in interrupts
        for request in each.undecided
        if authority.for_person(request, approver)
    )
    left = "resume_run takes a reject from anybody" if anybody else "anybody can end the run with cancel_run"
    return f"{_by_whom(_for_people(interrupts, approver))}; {left}"


def _by_whom(requests: Sequence[Request]) -> str:
    if not all(authority.reached_through(each) for each in requests):
        return "policy leaves no channel for it, so nobody decides it"
    if _in_terminal(requests):
        return "a person decides it with `interrupt-mcp review` in a terminal"
    if any(Channel.TERMINAL in authority.reached_through(each) for each in requests):
        return "a person decides a part with `interrupt-mcp review` in a terminal, and the rest in a client's form"
    return "a person decides it in a form, at a client that shows forms"


def _for_people(interrupts: Iterable[Interrupt], approver: Approver) -> list[Request]:
    return [request for each in interrupts for request in each.undecided if authority.for_person(request, approver)]


def _in_terminal(requests: Iterable[Request]) -> bool:
    return all(Channel.TERMINAL in authority.reached_through(each) for each in requests)


def where_to_decide(interrupt: Interrupt, approver: Approver) -> str:
    """Where the interrupt can be decided, as a person would be told."""
    if not interrupt.status.open:
        return "It is decided."
    here = f"resume_run with run_id {interrupt.run_id}"
    for_people = _for_people([interrupt], approver)
    if not all(authority.reached_through(request) for request in for_people):
        return f"Nowhere: policy leaves no channel for it; cancel_run with run_id {interrupt.run_id} ends its run"
    if for_people:
        if _in_terminal(for_people):
            return f"In a terminal: interrupt-mcp review {interrupt.code}"
        return f"In a form, at a client that shows forms: {here} asks"
    return f"{here} and interrupt_id {interrupt.code}"
