"""Threads as JSON, the same through every door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interrupt_mcp.errors import Unreadable
from interrupt_mcp.model import Drawing, Interrupt, Json, JsonObject, Run
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.views.run_json import decision_body

if TYPE_CHECKING:
    from interrupt_mcp.model.past import Moment, Past
    from interrupt_mcp.store.records import Thread


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread as it is shown."""

    thread: "Thread"
    past: "Past"
    """Its checkpoints, as far as they are shown, and its state now."""
    asked: Mapping[str, Sequence[Interrupt]]
    """Its interrupts, by the checkpoint at which they were asked."""
    branches: Mapping[str, int]
    """By checkpoint: 1 is the first branch, and each that leaves an older checkpoint has the next number."""
    effects: Mapping[str, Sequence[JsonObject]]
    """What was done, by the checkpoint from which it was done."""
    diagram: str
    """The agent's graph in Mermaid, with where the thread stands; empty where it cannot be looked at."""
    drawing: Drawing
    """The same to be drawn for people; it is in no JSON."""


@dataclass(frozen=True, slots=True)
class BackView:
    """An older checkpoint, and what would come of going on from there, as the thread stands."""

    thread: "Thread"
    mark: str
    """How far the thread had got before the rest was looked at."""
    moment: "Moment"
    values: Json
    """The state there."""
    left: Sequence[JsonObject]
    """What was done on the branch that would be left. It is not undone."""
    decided: Sequence[str]
    """Codes of the interrupts whose decisions led there, and count on from there."""
    active: Run | None
    """The run of the thread that is not finished: one that waits would be cancelled."""


@dataclass(frozen=True, slots=True)
class CopyView:
    """A new thread that is a copy of another's history."""

    thread: "Thread"
    checkpoint_id: str
    """The checkpoint at which it stands."""
    values: Json
    """Its state there."""
    next: tuple[str, ...]
    """The nodes that it stands before."""


def thread_body(seen: ThreadView) -> dict[str, Any]:
    """Return a thread with its checkpoints, newest first."""
    body: dict[str, Any] = {
        "thread_id": name_of(seen.thread.thread_id),
        "agent": seen.thread.agent,
        "values": seen.past.values,
        "checkpoints": [
            {
                **_checkpoint(moment, seen.asked.get(moment.checkpoint_id, ())),
                "effects": list(seen.effects.get(moment.checkpoint_id, ())),
                "branch": seen.branches.get(moment.checkpoint_id, 1),
            }
            for moment in seen.past.moments
        ],
        "diagram": seen.diagram,
    }
    if seen.past.fault:
        body["error"] = {"code": Unreadable.code, "message": str(Unreadable(seen.past.fault))}
    return body


def copy_body(copy: CopyView) -> dict[str, Any]:
    """Return a copy, with what to do with it next."""
    thread_id = name_of(copy.thread.thread_id)
    new = f"start_run with agent {copy.thread.agent} and thread_id {thread_id}"
    at = ", ".join(dict.fromkeys(copy.next))
    return {
        "thread_id": thread_id,
        "agent": copy.thread.agent,
        "values": copy.values,
        "checkpoint_id": copy.checkpoint_id,
        "next_step": f"The copy stands before {at}: rewind_thread with thread_id {thread_id} and checkpoint_id"
        f" {copy.checkpoint_id} goes on there and asks again; {new} starts anew on it."
        if at
        else f"{new} continues the copy.",
    }


def _checkpoint(moment: "Moment", asked: Sequence[Interrupt]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "checkpoint_id": moment.checkpoint_id,
        "parent_id": moment.parent_id,
        "created_at": moment.created_at.isoformat(),
        "step": moment.step,
        "source": moment.source,
        "next": list(moment.next),
        "interrupts": [interrupt.interrupt_id for interrupt in asked],
        "ran": [
            {"node": ran.node, "wrote": ran.wrote, **({"error": ran.error} if ran.error else {})} for ran in moment.ran
        ],
        "decisions": [decision for interrupt in asked for decision in _decisions(interrupt)],
    }
    if moment.fault:
        body["error"] = moment.fault
    return {**body, "run_id": moment.run_id} if moment.run_id else body


def _decisions(interrupt: Interrupt) -> list[dict[str, Any]]:
    actions = {request.index: request.action for request in interrupt.question.requests}
    return [
        {
            "interrupt_id": interrupt.interrupt_id,
            "code": interrupt.code,
            "index": index,
            "action": actions.get(index, ""),
            **decision_body(decision, proof),
        }
        for (_, index), (decision, proof) in sorted(interrupt.decisions.items())
    ]
