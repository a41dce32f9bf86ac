"""What to do now, in one sentence: the last thing a client reads of a run."""

from typing import assert_never

from interrupt_mcp.forms import cancels
from interrupt_mcp.model import Approver, Channel, Run, RunStatus
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.views.ways_to_decide import FORM, Ways, for_people, whose

_MOST_CODES = 20
_TO_CANCEL = "To reject {codes}, where the run stands at a breakpoint that is not before tool calls, cancels the run."
_NOBODY_SERVES = (
    "No process serves this project, so the run does not go on: start an MCP client that has this server, or"
    " `interrupt-mcp serve --http`."
)


def next_step(
    run: Run, approver: Approver, ways: Ways, doing: str = "", *, shows_forms: bool = False, carried: bool = True
) -> str:
    """Return the sentence for a run as it stands.

    `ways` are those in which a person decides. `doing` is what of it runs now. `shows_forms` is whether the person can
    be asked where it is read; `carried`, whether a process is there for the run.
    """
    match run.status:
        case RunStatus.PENDING | RunStatus.RUNNING if not carried:
            return _NOBODY_SERVES
        case RunStatus.PENDING | RunStatus.RUNNING:
            at = f" ({doing} runs)" if doing else ""
            return f"The run goes on{at}; call get_run with run_id {run.run_id} and wait_seconds to wait for it."
        case RunStatus.INTERRUPTED:
            return _decide(run, approver, ways, shows_forms)
        case RunStatus.SUCCESS:
            return f"The run is finished; start_run with thread_id {name_of(run.thread_id)} continues the conversation."
        case RunStatus.ERROR:
            return f"The run failed; resume_run with run_id {run.run_id} and no decisions tries again."
        case RunStatus.CANCELLED:
            return (
                f"The run was cancelled; start_run with thread_id {name_of(run.thread_id)} starts anew on its thread."
            )
        case _ as never:
            assert_never(never)


def _decide(run: Run, approver: Approver, ways: Ways, shows_forms: bool) -> str:
    codes = ", ".join(interrupt.code for interrupt in run.interrupts[:_MOST_CODES])
    if (more := len(run.interrupts) - _MOST_CODES) > 0:
        codes += f" and {more} more"
    doubt = any(interrupt.round for interrupt in run.interrupts)
    what = "It is not known whether the action was done. " if doubt else ""
    if run.error is not None:
        what = f"The agent failed with {run.error.message.rstrip('.')}; what it asks can still be decided. {what}"
    if cancelling := [i.code for i in run.interrupts if any(cancels(i, request) for request in i.undecided)]:
        what += f"{_TO_CANCEL.format(codes=', '.join(cancelling[:_MOST_CODES]))} "
    requests = for_people(run.interrupts, approver)
    if shows_forms and any(FORM.reaches(each) for each in requests):
        too = f", and {shown}" if (shown := ways.shown_too(Channel.ELICITATION, requests)) else ""
        return f"{what}{codes} waits for a person: resume_run with run_id {run.run_id} asks again here{too}."
    if requests:
        return f"{what}{codes} waits for a person: {ways.who_decides(run.interrupts, approver)}."
    if who := whose(each for interrupt in run.interrupts for each in interrupt.undecided):
        what += f"{who[0].upper()}{who[1:]}. "
    return (
        f"{what}This client cannot ask by itself: show the user the action and the arguments of {codes}, let the user"
        f" choose, then call resume_run with run_id {run.run_id} and the user's decisions."
    )
