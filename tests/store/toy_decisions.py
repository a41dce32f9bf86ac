"""Decisions in the toy store."""

from dataclasses import replace
from datetime import UTC, datetime

from interrupt_mcp.errors import AlreadyDecided, Forbidden, Superseded
from interrupt_mcp.model import Channel, Proof
from interrupt_mcp.model.lifecycle import InterruptEvent, interrupt_after
from interrupt_mcp.store.records import Choice, Reach
from tests.store.toy_dictionaries import State


def choose(state: State, reach: Reach, choice: Choice, channel: Channel, who: str) -> bool:
    """Keep one decision, and return whether it is new."""
    kept = state.interrupt(reach, choice.interrupt_id)
    if not state.decides(reach, kept):
        raise Forbidden(f"Interrupt {kept.interrupt.code} is {kept.principal}'s to decide")
    asked = kept.interrupt
    decision, place = choice.decision, (choice.round, choice.decision.index)
    if place in asked.decisions:
        first, proof = asked.decisions[place]
        if first.same_as(decision):
            return False
        raise AlreadyDecided(f"{asked.code}: {first.type} by {proof.who} through {proof.channel} at {proof.at}")
    if not asked.status.open or asked.round != choice.round:
        raise Superseded(f"Interrupt {asked.code} is {asked.status}")
    answer = (replace(decision, digest=None), Proof(channel, who, datetime.now(UTC)))
    asked = replace(asked, decisions={**asked.decisions, place: answer})
    if not asked.undecided:
        asked = replace(asked, status=interrupt_after(asked.status, InterruptEvent.DECIDED))
    state.change(asked)
    run = state.runs[asked.run_id].run
    told = {"interrupt_id": asked.interrupt_id, "type": decision.type, "channel": channel, "who": who}
    state.append(reach.project, "decided", run, **told)
    return True
