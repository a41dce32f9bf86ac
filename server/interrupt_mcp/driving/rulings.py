"""From what people decided to what LangGraph is told and what the gate must do."""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import replace

from interrupt_mcp import dialects
from interrupt_mcp.dialects.answers import answer
from interrupt_mcp.dialects.instructions import DropCall, Instruction, MakeCall
from interrupt_mcp.effects.ruling import BreakpointRulings, Ruling, Rulings
from interrupt_mcp.model import (
    Ask,
    Call,
    Decision,
    DecisionType,
    Dialect,
    Interrupt,
    InterruptStatus,
    Json,
    Proof,
    Question,
    Request,
    digest_of,
)

_ANSWERED = (InterruptStatus.DECIDED, InterruptStatus.APPLIED)
_DROPPED = "a person dropped it."
"""What the model is told of a call that was dropped without a word."""


def answered(interrupts: Iterable[Interrupt]) -> Mapping[str, Interrupt]:
    """Return the decided interrupts by LangGraph's id. Where a question was asked again, only the last one counts."""
    last = {interrupt.langgraph_id: interrupt for interrupt in interrupts}
    return {langgraph_id: interrupt for langgraph_id, interrupt in last.items() if interrupt.status in _ANSWERED}


def resume_values(interrupts: Iterable[Interrupt]) -> dict[str, Json]:
    """Return what LangGraph is told, by its id of the interrupt."""
    return {
        langgraph_id: dialects.write(interrupt.question, interrupt.answers)
        for langgraph_id, interrupt in answered(interrupts).items()
        if interrupt.question.dialect is not Dialect.BREAKPOINT and not _asks_anew(interrupt)
    }


def _asks_anew(interrupt: Interrupt) -> bool:
    """Whether the tool asks once more instead of getting its answer again: it raised on that, and is run again."""
    if interrupt.question.inside is None or not interrupt.round:
        return False
    told = {decision.type for decision in interrupt.answers.values()}
    last = {word.type for index in interrupt.answers if (word := _last_word(interrupt, index)[0]) is not None}
    return told == {DecisionType.RESPOND} and last == {DecisionType.ACCEPT}


def rulings(interrupts: Iterable[Interrupt], taken_back: Collection[str] = ()) -> Rulings:
    """Return what the gate must know of a run's decisions; `taken_back` are LangGraph's ids that are asked again.

    A decision on a call that is still to be made holds even where the middleware asks again and leaves that call out.
    """
    interrupts = tuple(interrupts)
    by_interrupt: dict[str, Ruling] = {}
    together: dict[tuple[str, str], Ruling] = {}
    by_call: dict[tuple[str, int, str], Ruling] = {}
    by_action: dict[tuple[str, str], tuple[Ruling, ...]] = {}
    at_breakpoints: list[Ruling] = []
    last = answered(interrupts)
    for interrupt in interrupts:
        langgraph_id = interrupt.langgraph_id
        for request in interrupt.question.requests if interrupt.status in _ANSWERED else ():
            ruling = _ruling(interrupt, request)
            if interrupt.question.dialect is Dialect.BREAKPOINT:
                if last.get(langgraph_id) is interrupt:
                    at_breakpoints.append(ruling)
            elif not _before_call(interrupt.question) or ruling.call_id is not None:
                if langgraph_id in taken_back or last.get(langgraph_id) is not interrupt:
                    continue
                if len(interrupt.question.requests) > 1 and interrupt.question.ours and request.call is not None:
                    together[langgraph_id, request.call.key] = ruling
                else:
                    by_interrupt[langgraph_id] = ruling
            elif (call := request.call) is not None:
                by_call[(call.message_id, call.position, call.call_id)] = ruling
            elif isinstance(ruling.instruction, MakeCall) or ruling.doubted:
                # Also what was dropped in doubt: the call has a record, and comes again.
                alike = (request.action, digest_of(ruling.args))
                by_action[alike] = (*by_action.get(alike, ()), ruling)
    return Rulings(by_interrupt, by_call, by_action, BreakpointRulings.of_all(at_breakpoints), together)


def cancelled_at(interrupts: Iterable[Interrupt]) -> Proof | None:
    """Return whose word it was that cancels the run at a breakpoint where it stands; `None` where it goes on."""
    for interrupt in interrupts:
        for request in interrupt.question.requests if interrupt.question.dialect is Dialect.BREAKPOINT else ():
            decision, proof = interrupt.decisions[0, request.index]
            if dialects.outcome(interrupt.question, request, decision.type) is dialects.Outcome.ENDS:
                return proof
    return None


def shown_at_breakpoint(ask: Ask, interrupts: Iterable[Interrupt]) -> Ask:
    """Return what a breakpoint asks, with its calls as they will be made.

    A middleware that was told of an edit makes it when the tool is called: the message still has the model's arguments.
    """
    if not ask.breakpoint_nodes:
        return ask
    before = rulings(interrupts).by_call
    return replace(ask, calls=tuple(_as_edited(call, before) for call in ask.calls))


def _as_edited(call: Call, before: Mapping[tuple[str, int, str], Ruling]) -> Call:
    ruling = before.get((call.message_id, call.position, call.call_id))
    instruction = ruling.instruction if ruling is not None and ruling.tool == call.name else None
    if not isinstance(instruction, MakeCall) or instruction.args is None:
        return call
    args = instruction.args
    defaults = {name: value for name, value in call.defaults.items() if name not in args}
    return replace(call, args=args, defaults=defaults)


def taken_as_done(interrupts: Iterable[Interrupt]) -> dict[tuple[str, int], Json]:
    """Return the results that people gave for actions whose outcome was unknown, by interrupt id and index."""
    return {
        (interrupt.interrupt_id, request.index): answer(decision)
        for interrupt in interrupts
        for request in interrupt.question.requests
        if (decision := _last_word(interrupt, request.index)[0]) and decision.type is DecisionType.RESPOND
    }


def settled_nodes(interrupts: Iterable[Interrupt], recorded: Set[str]) -> dict[str, tuple[Decision, ...]]:
    """Return what people said of nodes whose outcome was unknown, by LangGraph's id; not where they run again.

    `recorded` are the interrupts of calls that have a record of their own, by LangGraph's id or by ours.
    """
    found = {}
    for langgraph_id, interrupt in answered(interrupts).items():
        words = [_last_word(interrupt, request.index)[0] for request in interrupt.question.requests]
        said = tuple(word for word in words if word is not None and word.type is not DecisionType.ACCEPT)
        dropped = any(word.type is DecisionType.REJECT for word in said)
        is_node = recorded.isdisjoint((langgraph_id, interrupt.interrupt_id))
        if is_node and said and (dropped or len(said) == len(words)):
            found[langgraph_id] = said
    return found


def rounds_settled(interrupts: Iterable[Interrupt]) -> dict[tuple[str, int], int]:
    """Return the round in which a person last settled an unknown outcome, by interrupt id and index; 0 for none."""
    return {
        (interrupt.interrupt_id, request.index): _last_word(interrupt, request.index)[1]
        for interrupt in interrupts
        for request in interrupt.question.requests
    }


def _ruling(interrupt: Interrupt, request: Request) -> Ruling:
    question, decision = interrupt.question, interrupt.answers[request.index]
    doubted, round_ = _last_word(interrupt, request.index)
    dropped = doubted is not None and doubted.type is DecisionType.REJECT
    value = question.value if isinstance(question.value, dict) else {}
    said = value.get("args")
    per_call = question.dialect is Dialect.MIDDLEWARE and "tool_call_id" in value
    return Ruling(
        interrupt_id=interrupt.interrupt_id,
        index=request.index,
        instruction=DropCall((doubted and doubted.message) or _DROPPED)
        if dropped
        else _instruction(question, decision),
        action=request.action,
        tool=_tool(question, request),
        said=said if isinstance(said, dict) else None,
        args=decision.args if decision.type is DecisionType.EDIT else request.args,
        before_call=_before_call(question) or question.dialect is Dialect.BREAKPOINT,
        call=request.call if question.dialect is Dialect.BREAKPOINT else None,
        about_call=question.dialect is not Dialect.TOOL_CALL or request.call is not None,
        replaces=question.dialect in (Dialect.TOOL_CALL, Dialect.BREAKPOINT) and decision.type is DecisionType.EDIT,
        call_id=str(value["tool_call_id"]) if per_call else None,
        round=round_,
        doubted=dropped,
    )


def _tool(question: Question, request: Request) -> str:
    """Return the name of the tool that is called in the end, however the question names it."""
    call = request.call or question.inside
    return call.name if call is not None else request.action


def _before_call(question: Question) -> bool:
    """Whether a middleware asks about calls that are still to come to their tools."""
    return question.dialect is Dialect.MIDDLEWARE and question.inside is None


def _instruction(question: Question, decision: Decision) -> Instruction:
    """Return what the gate does with the call.

    A tool that asks goes on only with the arguments it had when it asked, whatever its question said.
    """
    instruction, inside = dialects.instruction(question, decision), question.inside
    if inside is None:
        return instruction
    if question.dialect is Dialect.MIDDLEWARE:
        # A tool that uses the middleware's words hears the answer itself.
        rejected = len(question.requests) == 1 and decision.type is DecisionType.REJECT
        return instruction if rejected else MakeCall(inside.complete)
    return MakeCall(inside.complete) if instruction == MakeCall(None) else instruction


def _last_word(interrupt: Interrupt, index: int) -> tuple[Decision | None, int]:
    """Return the last decision on an unknown outcome of this request, and its round; `(None, 0)` for none."""
    rounds = [round_ for round_, asked in interrupt.decisions if asked == index and round_]
    return (interrupt.decisions[(max(rounds), index)][0], max(rounds)) if rounds else (None, 0)
