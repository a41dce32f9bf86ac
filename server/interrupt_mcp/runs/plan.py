"""What a driver does first with a thread, from how it stands and what is decided. Pure: it runs nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

from interrupt_mcp.execution import Continue, Resume, Rewind, Standing, Start, patch_answer
from interrupt_mcp.model import DecisionType, Dialect
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
    """A person stopped the run at a breakpoint."""


Plan: TypeAlias = Start | Rewind | Resume | Continue | AskFirst | Ended | Cancel


def step(flight: Flight, standing: Standing) -> Plan:
    """The next step of the run."""
    if standing.run_id != flight.run.run_id:
        return rewind_of(flight) or Start(patch_answer(given(flight), standing))
    if standing.ended:
        return Ended()
    answered = verdicts.answered(flight.interrupts)
    pending = [ask.langgraph_id for ask in standing.asks]
    if any(langgraph_id not in answered for langgraph_id in pending):
        return AskFirst()
    at_breakpoint = [answered[i] for i in pending if answered[i].question.dialect is Dialect.BREAKPOINT]
    if any(i.answers[0].type is DecisionType.REJECT for i in at_breakpoint):
        return Cancel()
    return without(flight, standing, ())


def without(flight: Flight, standing: Standing, taken_back: Collection[str]) -> Resume | Continue:
    """Give the answers that there are to what is pending, except to these."""
    values = verdicts.resume_values(flight.interrupts)
    pending = [ask.langgraph_id for ask in standing.asks]
    answers = {id_: values[id_] for id_ in pending if id_ in values and id_ not in taken_back}
    return Resume(answers) if answers else Continue()


def begin(flight: Flight) -> Start | Rewind:
    """The first step of a run on a thread where nothing is left to settle."""
    return rewind_of(flight) or Start(given(flight))


def rewind_of(flight: Flight) -> Rewind | None:
    """How the run goes on from an older checkpoint, if that is what it was made for."""
    body = flight.input.get("rewind")
    if not isinstance(body, dict):
        return None
    values = body.get("values")
    return Rewind(str(body["checkpoint_id"]), values if isinstance(values, dict) else None)


def delivered(plan: Plan) -> list[str]:
    """LangGraph's ids of the interrupts that the step answers."""
    return list(plan.answers) if isinstance(plan, Resume) else []


def given(flight: Flight) -> object:
    """The graph's input: its own object, or the message as a person's."""
    if "message" in flight.input:
        from langchain_core.messages import HumanMessage

        return {"messages": [HumanMessage(str(flight.input["message"]))]}
    return flight.input["input"]
