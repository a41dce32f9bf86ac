"""Which tool calls the gate asks about: those that policy calls sensitive, and those that a run found in its state.

A run that did not make a call has no decision of another run, branch or thread for it. Such calls are in the state that
it goes back to, or were written into it, or came in with the input. The gate asks about those of them that people are
asked about, because what asked before, like a middleware, is behind them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio.to_thread

from interrupt_mcp import authority
from interrupt_mcp.config.policy import Policy, PolicyNow
from interrupt_mcp.driving import plan
from interrupt_mcp.effects.gate_question import Asking, MustAsk
from interrupt_mcp.execution.rewind import begins_with, calls_within
from interrupt_mcp.model import Call, GraphInput
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import AskedCall, ClaimedRun, Origin


@dataclass(frozen=True, slots=True)
class Carried:
    """What is known, when a run is driven, of calls that it did not make itself."""

    found: tuple[Call, ...]
    """Calls in the state that the run began with."""
    written: tuple[Call, ...]
    """Those of them that were written into it, rather than made by the agent."""
    asked_elsewhere: tuple[AskedCall, ...]
    """Calls that people were asked about, or that were written into a state, in other runs."""
    asked_here: tuple[AskedCall, ...]
    """Calls that a middleware or a node asked about in this run: it hears the answer, so the gate need not ask."""
    asked_names: frozenset[tuple[str, Origin]]
    """Names of tools that people were asked about in any run of the agent, each with who asked."""

    def must_ask(self, call: Call) -> Asking | None:
        """Return what the gate must ask about the call, which nobody decided on in this run; `None` for nothing."""
        if any(_is_known(call, one) or _is_named(call, one) for one in self.asked_here):
            return None
        outside = (call.name, Origin.OUTSIDE) in self.asked_names
        before = {one.origin for one in self.asked_elsewhere if _is_known(call, one)}
        if Origin.WRITTEN in before or any(_is_written(call, one) for one in self.written):
            if (call.name, Origin.TOOL) in self.asked_names and not outside:
                return None
            why = f"{call.name} was written into the state, and nobody was asked about it."
            return Asking(why)
        if before & {Origin.OUTSIDE, Origin.GATE}:
            why = f"{call.name} was put to a person before, but not on this branch: no earlier decision counts here."
            return Asking(why)
        if outside and any(_was_found(call, one) for one in self.found):
            why = f"{call.name} is a call from before, and on this branch nobody was asked about it."
            return Asking(why)
        return None


def by_policy_too(policy: PolicyNow, agent: str, besides: MustAsk) -> MustAsk:
    """Return what tells the gate which calls to ask about: those of `besides`, and those policy calls sensitive."""

    def must_ask(call: Call) -> Asking | None:
        return besides(call) or _by_policy(policy(), agent, call)

    return must_ask


def _by_policy(policy: Policy, agent: str, call: Call) -> Asking | None:
    rule = authority.sensitive_rule(policy, agent, call.name)
    if rule is None:
        return None
    why = f"Policy has a person asked before {call.name} runs."
    # The graph's state keeps the question, and knows no words of ours.
    return Asking(why) if rule.allow is None else Asking(why, allow=tuple(kind.value for kind in rule.allow))


async def about_carried(
    claimed: ClaimedRun, graph: Any, store: Store, strict: Callable[[], Awaitable[bool]]
) -> MustAsk:
    """Return what tells the gate which carried calls to ask about in this run.

    `strict` tells whether calls in the input count as written: whoever gave it may not decide on them.
    """
    found, written = await _begun_with(claimed, graph, strict)
    if written:
        await store.threads.keep_written(claimed.run.run_id, written)
    # On a new thread nobody was asked about any call.
    asked = () if claimed.new_thread else await store.threads.asked_calls(claimed.run.thread_id)
    carried = Carried(
        found=tuple(found),
        written=tuple(written),
        asked_elsewhere=tuple(one for one in asked if one.run_id != claimed.run.run_id),
        asked_here=tuple(one for one in asked if one.run_id == claimed.run.run_id and one.origin is Origin.OUTSIDE),
        asked_names=await store.threads.asked_names(claimed.run.agent, {call.name for call in found}),
    )
    return carried.must_ask


async def _begun_with(
    claimed: ClaimedRun, graph: Any, strict: Callable[[], Awaitable[bool]]
) -> tuple[list[Call], list[Call]]:
    """Return the calls in the state that the run began with, and those of them that were written into it."""
    back = plan.rewind_of(claimed)
    if back is not None:
        before, after = await anyio.to_thread.run_sync(begins_with, graph, claimed.run.thread_id, back)
        kept = [_identity(call) for call in calls_within(before)]
        found = list(calls_within(after))
        return found, [call for call in found if _identity(call) not in kept]
    if isinstance(claimed.begins, GraphInput) and await strict():
        given = list(calls_within(claimed.begins.value))
        return given, given
    return [], []


def _identity(call: Call) -> tuple[object, ...]:
    return (call.message_id, call.position, call.call_id, call.name, call.args)


def _is_written(call: Call, one: Call | AskedCall) -> bool:
    """Whether the two are the same written call, which only the ids of calls tell.

    A message may get its own id only when it is merged into the state.
    """
    name = one.name if isinstance(one, Call) else one.action
    return call.call_id == one.call_id if one.call_id else call.name == name


def _is_named(call: Call, one: AskedCall) -> bool:
    """Whether the question named the call's tool, and did not show which call it was about."""
    return not (one.message_id or one.call_id) and call.name == one.action


def _was_found(call: Call, one: Call) -> bool:
    same_message = not (call.message_id and one.message_id) or call.message_id == one.message_id
    return same_message and call.call_id == one.call_id


def _is_known(call: Call, one: AskedCall) -> bool:
    if one.origin is Origin.WRITTEN:
        return _is_written(call, one)
    if not (one.message_id or one.call_id):
        return False
    if call.by_code:
        # Its message is not seen.
        return call.call_id == one.call_id if call.call_id else call.name == one.action
    return (call.message_id, call.position, call.call_id) == (one.message_id, one.position, one.call_id)
