"""A static `interrupt_before` or `interrupt_after`: the run stands before some nodes, and nothing of the agent asks.

There is one request for each tool call that is made next, decided as if the tool had asked; where nodes run next that
are no tool nodes, there is one more, which goes on or cancels the run. Which of the two kinds of breakpoint it was is
not known, because LangGraph does not say.
"""

from collections.abc import Mapping, Sequence

from interrupt_mcp.dialects import tool_call
from interrupt_mcp.dialects.answers import answer
from interrupt_mcp.dialects.arguments import check_args
from interrupt_mcp.dialects.instructions import AnswerCall, Instruction
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.dialects.payload import brief, fault
from interrupt_mcp.model import Ask, Call, Decision, DecisionType, Dialect, Json, Question, Request

_MOST_NAMES = 20
_GOING_ON = (DecisionType.ACCEPT, DecisionType.REJECT)
_OUTCOMES = {
    DecisionType.ACCEPT: Outcome.MADE,
    DecisionType.EDIT: Outcome.MADE,
    DecisionType.REJECT: Outcome.NOT_MADE,
    DecisionType.RESPOND: Outcome.NOT_MADE,
}


def read(ask: Ask) -> Question | None:
    """Read a pause at a breakpoint."""
    if not ask.breakpoint_nodes:
        return None
    if ask.stopped_itself:
        return _about_stopped(ask)
    requests = [_about_call(index, call) for index, call in enumerate(ask.calls)]
    calling = {_node_of(call) for call in ask.calls}
    others = [node for node in ask.breakpoint_nodes if node not in calling or node in ask.code_nodes]
    if others:
        requests.append(Request(len(requests), f"continue with {', '.join(others)}", {}, _GOING_ON))
    unshown = fault(ask.value)
    description = _description(len(ask.calls), others, shown=ask.value is not None, unshown=unshown)
    return Question(Dialect.BREAKPOINT, description, tuple(requests), ask.value if unshown is None else None)


def _about_stopped(ask: Ask) -> Question:
    names = ", ".join(brief(name) for name in ask.breakpoint_nodes[:_MOST_NAMES])
    unshown = fault(ask.value)
    said = "It is shown why" if unshown is None else f"Why cannot be shown, {unshown}"
    description = (
        f"The run was stopped by {names} itself. {said}. No answer reaches it: it stops again until the thread's state"
        " is another, which rewind_thread with values makes it. To accept it is to run it again; to reject it is to"
        " cancel the run."
    )
    request = Request(0, f"run {', '.join(ask.breakpoint_nodes)} again", {}, _GOING_ON)
    return Question(Dialect.BREAKPOINT, description, (request,), ask.value if unshown is None else None)


def _description(calls: int, others: Sequence[str], *, shown: bool, unshown: str | None) -> str:
    before = ["a tool call" if calls == 1 else f"{calls} tool calls"] if calls else []
    before += [brief(name) for name in others[:_MOST_NAMES]]
    before += [f"{len(others) - _MOST_NAMES} more"] if len(others) > _MOST_NAMES else []
    said = [f"The run stands at a breakpoint. What comes next: {', '.join(before)}."]
    if unshown is not None:
        said.append(f"The state that it gets cannot be shown, {unshown}.")
    elif others and shown:
        said.append("The state that it gets is shown.")
    if calls:
        said.append("A call that is rejected is not made, and the model hears why.")
    if others:
        said.append("To accept `continue with …` is to go on; to reject it is to cancel the run.")
    return " ".join(said)


def _about_call(index: int, call: Call) -> Request:
    return Request(index, call.name, call.complete, tuple(DecisionType), call.args_schema, call)


def _node_of(call: Call) -> str:
    """Return the node that makes the call; its task's name in the namespace."""
    return call.ns.rpartition("|")[2].rpartition(":")[0]


def check(_question: Question, request: Request, decision: Decision) -> None:
    """Refuse edited arguments that the tool does not take."""
    if decision.type is DecisionType.EDIT and decision.args is not None:
        check_args(request, decision.args)


def write(_question: Question, _decisions: Mapping[int, Decision]) -> Json:
    """Write nothing: LangGraph goes on without a value, and the gate does what was decided."""
    return None


def instruction(question: Question, request: Request, decision: Decision) -> Instruction:
    """Return what becomes of the call, as if its tool had asked; an answer takes its place."""
    if decision.type is DecisionType.RESPOND:
        return AnswerCall(answer(decision))
    return tool_call.instruction(question, request, decision)


def outcome(_question: Question, request: Request, kind: DecisionType) -> Outcome:
    """Return what becomes of the call, or of the run where it is not about one."""
    if request.call is None:
        return Outcome.GOES_ON if kind is DecisionType.ACCEPT else Outcome.ENDS
    return _OUTCOMES[kind]


def leads_on(_question: Question, request: Request, _kind: DecisionType) -> bool:
    """Whether more than the model goes on with the decision.

    To cancel a run is no answer for a model to give: anybody has `cancel_run` for it.
    """
    return request.call is None or request.call.inner
