"""What a driver does first with a thread, from how it stands and what is decided. Pure: it runs nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from interrupt_mcp.dialects.answers import answer
from interrupt_mcp.effects import asked_in
from interrupt_mcp.execution import Continue, DoneNode, Resume, Rewind, Standing, Start, TakeAsDone, patch_answer
from interrupt_mcp.model import Decision, DecisionType, Dialect, Effect, EffectStatus, InterruptStatus, JsonObject
from interrupt_mcp.runs import verdicts
from interrupt_mcp.store.store import Flight


@dataclass(frozen=True, slots=True)
class AskFirst:
    """The thread waits for a person who was not asked yet: a process died between LangGraph's pause and ours."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The graph came to its end already."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """A person stopped the run."""

    who: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """What a person said cannot be carried out."""

    why: str


Plan: TypeAlias = Start | Rewind | Resume | Continue | TakeAsDone | AskFirst | Ended | Cancel | GiveUp


def at_pause(flight: Flight) -> Resume | None:
    """The next step of a run that stands where it paused, for all that is known of it; else the thread must be read.

    What was decided since is all that it asks, where everything that was decided before came to its end. LangGraph
    refuses answers to what it does not ask.
    """
    decided = [each for each in flight.interrupts if each.status is InterruptStatus.DECIDED]
    done = {effect.langgraph_id for effect in flight.effects if effect.status is EffectStatus.DONE}
    told = {effect.status for effect in flight.effects} <= {EffectStatus.PAUSED, EffectStatus.DONE}
    plain = all(
        not each.round and not each.delivered and each.question.dialect is not Dialect.BREAKPOINT for each in decided
    )
    settled = all(each in decided or each.langgraph_id in done for each in flight.interrupts)
    if not (flight.from_pause and decided and told and plain and settled):
        return None
    values = verdicts.resume_values(decided)
    return Resume({each.langgraph_id: values[each.langgraph_id] for each in decided})


def answers_all(step: Plan) -> bool:
    """Whether nothing that was asked before is still asked after it."""
    return isinstance(step, Start | Resume)


def step(flight: Flight, standing: Standing) -> Plan:
    """The next step of the run."""
    if standing.run_id != flight.run.run_id:
        return rewind_of(flight) or Start(patch_answer(given(flight.input), standing))
    if standing.ended:
        return Ended()
    answered = verdicts.answered(flight.interrupts)
    pending = [ask.langgraph_id for ask in standing.asks]
    if any(langgraph_id not in answered for langgraph_id in pending):
        return AskFirst()
    at_breakpoint = [answered[i] for i in pending if answered[i].question.dialect is Dialect.BREAKPOINT]
    if rejected := [i for i in at_breakpoint if i.answers[0].type is DecisionType.REJECT]:
        _, proof = rejected[0].decisions[0, 0]
        return Cancel(f"{proof.who}, at a breakpoint")
    recorded = asked_in(flight.effects) | {effect.interrupt_id for effect in flight.effects}
    settled = verdicts.settled_nodes(flight.interrupts, recorded)
    words = {langgraph_id: settled[langgraph_id] for langgraph_id in pending if langgraph_id in settled}
    if any(word.type is DecisionType.REJECT for said in words.values() for word in said):
        return Cancel("a person, who dropped a step of which it is not known whether it was done")
    rest = without(flight, standing, words)
    return _as_done(words, standing, rest) if words else rest


def _as_done(
    words: Mapping[str, tuple[Decision, ...]], standing: Standing, rest: Resume | Continue
) -> TakeAsDone | GiveUp:
    if not words.keys() <= standing.asked_by.keys():
        return GiveUp("The step is one of a graph within the agent's graph, where nothing can be put in its place")
    done = []
    for langgraph_id, said in words.items():
        values = [given for word in said if isinstance(given := answer(word), dict)]
        merged = {name: value for each in values for name, value in each.items()}
        done.append(DoneNode(*standing.asked_by[langgraph_id], merged))
    return TakeAsDone(tuple(done), rest)


def without(flight: Flight, standing: Standing, taken_back: Collection[str]) -> Resume | Continue:
    """Give the answers that there are to what is pending, except to these."""
    values = verdicts.resume_values(flight.interrupts)
    pending = [ask.langgraph_id for ask in standing.asks]
    answers = {id_: values[id_] for id_ in pending if id_ in values and id_ not in taken_back}
    return Resume(answers) if answers else Continue()


def begin(flight: Flight) -> Start | Rewind:
    """The first step of a run on a thread where nothing is left to settle."""
    return rewind_of(flight) or Start(given(flight.input))


def rewind_of(flight: Flight) -> Rewind | None:
    """How the run goes on from an older checkpoint, if that is what it was made for."""
    body = flight.input.get("rewind")
    if not isinstance(body, dict):
        return None
    values = body.get("values")
    return Rewind(str(body["checkpoint_id"]), values if isinstance(values, dict) else None)


def delivered(plan: Plan) -> list[str]:
    """LangGraph's ids of the interrupts that the step answers."""
    step = plan.then if isinstance(plan, TakeAsDone) else plan
    return list(step.answers) if isinstance(step, Resume) else []


def made_again(standing: Standing, records: Iterable[Effect]) -> list[str]:
    """Keys of calls that code made and nobody decided on, of tasks that asked nothing and are to be tried again."""
    free = (effect.call for effect in records if effect.call.by_code and not effect.interrupt_id)
    return [call.key for call in free if standing.makes_again(call)]


def given(asked: JsonObject) -> object:
    """The graph's input, as it was asked for: its own object, or the message as a person's."""
    if "message" in asked:
        from langchain_core.messages import HumanMessage

        return {"messages": [HumanMessage(str(asked["message"]))]}
    return asked["input"]
