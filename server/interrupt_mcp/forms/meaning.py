"""What each of the four words does to a request, as a line of ours. It knows dialects by what they promise only."""

from interrupt_mcp import dialects
from interrupt_mcp.dialects import Outcome
from interrupt_mcp.model import MISSING, DecisionType, Dialect, Interrupt, Question, Request

_ACCEPT, _EDIT, _REJECT, _RESPOND = DecisionType
_STOPPED = (Outcome.NOT_MADE, Outcome.STOPS)
_DOUBT = {
    _ACCEPT: "do it again",
    _RESPOND: "take it as done, with the value or the message as its result",
    _REJECT: "drop it",
}
_DOUBT_OF_NODE = {
    _ACCEPT: "do the step again",
    _RESPOND: "take the step as done, with an object of what it would have changed in the state",
    _REJECT: "drop it, which ends the run",
}
_MEANS = {
    (_ACCEPT, Outcome.MADE): "do exactly what the agent asks for, as it stands here",
    (_ACCEPT, Outcome.RUNS_ON): "{who} hears a yes and goes on, with exactly the arguments of its call",
    (_ACCEPT, Outcome.HEARD): "{who} hears a yes and goes on; what it then does is up to it",
    (_EDIT, Outcome.MADE): "do it with the arguments as you change them",
    (_EDIT, Outcome.RUNS_ON): "{who} hears a yes and goes on, with the arguments as you change them",
    (_EDIT, Outcome.HEARD): "{who} hears of your changes and goes on; whether it keeps to them is up to it",
    (_REJECT, Outcome.NOT_MADE): "do not do it; the message goes to the agent",
    (_REJECT, Outcome.STOPS): "{who} does not go on; the message goes to the agent",
    (_REJECT, Outcome.HEARD): "{who} hears a no and goes on; what it then does is up to it",
    (_ACCEPT, Outcome.GOES_ON): "go on from here",
    (_REJECT, Outcome.ENDS): "cancel the run; nothing more of it is done, and the agent hears of nothing",
    (_RESPOND, Outcome.NOT_MADE): "answer with the value or the message, without doing it",
    (_RESPOND, Outcome.HEARD): "{who} goes on with your answer, even a no, and may do it",
}
_OF_SHAPE = {
    (Dialect.ELICITATION, _ACCEPT): "say that you went to the address; {who} goes on",
    (Dialect.ELICITATION, _REJECT): "decline to answer; {who} hears that and goes on",
    (Dialect.FREEFORM, _EDIT): "{who} gets the object as you fill it in, and goes on",
}


def meaning(interrupt: Interrupt, request: Request, kind: DecisionType) -> str:
    """Return the line that says what comes of it where the request is decided so."""
    question = interrupt.question
    if interrupt.round:
        doubt = _DOUBT_OF_NODE if dialects.asked_by_node(question, request) else _DOUBT
        return f"{kind.value}: {doubt[kind]}"
    if dialects.stands_for(question, kind) is not MISSING:
        said = "{who} gets the answer that is shown for it above, and goes on"
    else:
        said = _OF_SHAPE.get((question.dialect, kind)) or _MEANS[kind, dialects.outcome(question, request, kind)]
    who = "the asking tool" if question.inside is not None else "the asking code"
    return f"{kind.value}: {said.format(who=who)}{_instead(question, request, kind)}"


def cancels(interrupt: Interrupt, request: Request) -> bool:
    """Whether a reject cancels the run, so that no agent hears of it."""
    question = interrupt.question
    return (
        question.dialect is Dialect.BREAKPOINT
        and dialects.outcome(question, request, DecisionType.REJECT) is Outcome.ENDS
    )


def goes_on(interrupt: Interrupt, request: Request) -> bool:
    """Whether whoever asks goes on with what is answered, and may do with it what it likes."""
    outcome = dialects.outcome(interrupt.question, request, _RESPOND)
    return not interrupt.round and outcome is Outcome.HEARD


def leads_to_it(interrupt: Interrupt, request: Request, kind: DecisionType) -> bool:
    """Whether the action may come of it, so that a person must have read what it is."""
    if kind is not _RESPOND:
        return kind is not _REJECT
    return interrupt.question.dialect.asks_whether and goes_on(interrupt, request)


def _instead(question: Question, request: Request, kind: DecisionType) -> str:
    """Say how to have it not done, beside an answer that may lead to it."""
    if kind is not _RESPOND or dialects.outcome(question, request, kind) is not Outcome.HEARD:
        return ""
    stops = _REJECT in request.allowed and dialects.outcome(question, request, _REJECT) in _STOPPED
    return "; to stop it, reject" if stops else ""
