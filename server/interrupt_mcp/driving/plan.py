"""The plan: what a drive does first, from how the thread stands and what is decided. Pure: it runs nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from interrupt_mcp.dialects.answers import answer
from interrupt_mcp.driving import rulings
from interrupt_mcp.effects.gate import asked_in
from interrupt_mcp.execution import (
    Continue,
    DoneNode,
    Resume,
    Rewind,
    Start,
    TakeAsDone,
    ThreadState,
    with_missing_results,
)
from interrupt_mcp.model import (
    Beginning,
    Decision,
    DecisionType,
    Dialect,
    Effect,
    EffectStatus,
    GraphInput,
    InterruptStatus,
    Message,
    RewindTo,
)
from interrupt_mcp.store.records import ClaimedRun


@dataclass(frozen=True, slots=True)
class AskFirst:
    """LangGraph paused, and the person was not asked yet: a process died between its pause and ours."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The graph came to its end already."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """A person stopped the run."""

    who: str
    """Who it was and how, for the record."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """What a person decided cannot be carried out, so the run fails."""

    why: str


Plan: TypeAlias = Start | Rewind | Resume | Continue | TakeAsDone | AskFirst | Ended | Cancel | GiveUp


def at_pause(claimed: ClaimedRun) -> Resume | None:
    """Return how to resume a run that stands where it paused; `None` where the thread must be read to know.

    Where everything that was decided before came to its end, what was decided since the pause is all that the thread
    asks. That must be certain: LangGraph refuses answers to what it does not ask.
    """
    decided = [each for each in claimed.interrupts if each.status is InterruptStatus.DECIDED]
    done = {effect.langgraph_id for effect in claimed.effects if effect.status is EffectStatus.DONE}
    told = {effect.status for effect in claimed.effects} <= {EffectStatus.PAUSED, EffectStatus.DONE}
    plain = all(
        not each.round and not each.delivered and each.question.dialect is not Dialect.BREAKPOINT for each in decided
    )
    settled = all(each in decided or each.langgraph_id in done for each in claimed.interrupts)
    if not (claimed.from_pause and decided and told and plain and settled):
        return None
    values = rulings.resume_values(decided)
    return Resume({each.langgraph_id: values[each.langgraph_id] for each in decided})


def answers_all(step: Plan) -> bool:
    """Whether the step leaves nothing open that was asked before it."""
    return isinstance(step, Start | Resume)


def step(claimed: ClaimedRun, state: ThreadState) -> Plan:
    """Return what to do first with the run, whose thread was read."""
    if state.run_id != claimed.run.run_id:
        return rewind_of(claimed) or Start(with_missing_results(graph_input(claimed.begins), state))
    if state.ended:
        return Ended()
    answered = rulings.answered(claimed.interrupts)
    pending = [ask.langgraph_id for ask in state.asks]
    if any(langgraph_id not in answered for langgraph_id in pending):
        return AskFirst()
    if proof := rulings.cancelled_at(answered[langgraph_id] for langgraph_id in pending):
        return Cancel(f"{proof.who}, at a breakpoint")
    recorded = asked_in(claimed.effects) | {effect.interrupt_id for effect in claimed.effects}
    settled = rulings.settled_nodes(claimed.interrupts, recorded)
    words = {langgraph_id: settled[langgraph_id] for langgraph_id in pending if langgraph_id in settled}
    if any(word.type is DecisionType.REJECT for said in words.values() for word in said):
        return Cancel("a person, who dropped a step of which it is not known whether it was done")
    rest = resume_without(claimed, state, words)
    return _as_done(words, state, rest) if words else rest


def _as_done(
    words: Mapping[str, tuple[Decision, ...]], state: ThreadState, rest: Resume | Continue
) -> TakeAsDone | GiveUp:
    if not words.keys() <= state.asked_by.keys():
        return GiveUp("The step is one of a graph within the agent's graph, where nothing can be put in its place")
    done = []
    for langgraph_id, said in words.items():
        values = [given for word in said if isinstance(given := answer(word), dict)]
        merged = {name: value for each in values for name, value in each.items()}
        done.append(DoneNode(*state.asked_by[langgraph_id], merged))
    return TakeAsDone(tuple(done), rest)


def resume_without(claimed: ClaimedRun, state: ThreadState, taken_back: Collection[str]) -> Resume | Continue:
    """Return the step that gives the answers there are to what is pending, except to these (LangGraph's ids)."""
    values = rulings.resume_values(claimed.interrupts)
    pending = [ask.langgraph_id for ask in state.asks]
    answers = {id_: values[id_] for id_ in pending if id_ in values and id_ not in taken_back}
    return Resume(answers) if answers else Continue()


def begin(claimed: ClaimedRun) -> Start | Rewind:
    """Return the first step of a run on a thread where nothing is left to settle."""
    return rewind_of(claimed) or Start(graph_input(claimed.begins))


def rewind_of(claimed: ClaimedRun) -> Rewind | None:
    """Return the step back to an older checkpoint, for a run that begins so; else `None`."""
    match claimed.begins:
        case RewindTo(checkpoint_id, values):
            return Rewind(checkpoint_id, values)
        case _:
            return None


def answered_by(plan: Plan) -> list[str]:
    """Return LangGraph's ids of the interrupts that the step answers."""
    step = plan.then if isinstance(plan, TakeAsDone) else plan
    return list(step.answers) if isinstance(step, Resume) else []


def made_again(state: ThreadState, records: Iterable[Effect]) -> list[str]:
    """Return the keys of calls whose records are to be dropped, since their tasks are tried again.

    Code made them, nobody decided on them, and their tasks asked nothing.
    """
    free = (effect.call for effect in records if effect.call.by_code and not effect.interrupt_id)
    return [call.key for call in free if state.makes_again(call)]


def graph_input(begins: Beginning) -> object:
    """Return what the graph is given to begin with: its own input, or a message as a person's.

    Raises:
        ValueError: the run goes on from an older checkpoint.
    """
    match begins:
        case Message(text):
            from langchain_core.messages import HumanMessage

            return {"messages": [HumanMessage(text)]}
        case GraphInput(value):
            return value
        case RewindTo():
            raise ValueError("What goes on from an older checkpoint is given no input")
        case _ as never:
            assert_never(never)
