"""The gate: every tool call of a drive passes here, next to the tool.

What was decided about a call is compared with what the tool is about to get; a record says that it starts before it
starts, and how it ended after; a call that is done is never made again; one that a person rejected is not made.
It knows nothing of where records are kept: a `Ledger` does.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeAlias

from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.errors import GraphInterrupt

from interrupt_mcp.effects.defaults import can_be_given, defaults_of
from interrupt_mcp.effects.gate_question import MustAsk, asks_itself, never
from interrupt_mcp.effects.gate_rules import GateRules
from interrupt_mcp.effects.gated_call import Ending, GatedCall, NotRepeated, Proceed, Return, without_secrets
from interrupt_mcp.effects.incoming_call import IncomingCall
from interrupt_mcp.effects.positions import Positions
from interrupt_mcp.effects.raised import RaisedErrors
from interrupt_mcp.effects.records import Ledger, Records
from interrupt_mcp.effects.resume_slots import ResumeSlots, interrupt_ids, scratchpad_of
from interrupt_mcp.effects.ruling import Ruling, Rulings
from interrupt_mcp.effects.task_attempt import TaskAttempt
from interrupt_mcp.model import Call, Effect, JsonObject, Performed

RunAsync: TypeAlias = Callable[[Any], Awaitable[Any]]
RunSync: TypeAlias = Callable[[Any], Any]
Attempt: TypeAlias = TaskAttempt[GatedCall]


class Gate:
    """The gate of one drive of one run.

    `records` tell, after the drive, what was done, and inside which tool call each interrupt was raised; `raised` tells
    which call an error came out of.
    """

    def __init__(
        self,
        ledger: Ledger,
        serializer: SerializerProtocol,
        effects: Iterable[Effect] = (),
        rulings: Rulings | None = None,
        started: Callable[[str], None] = lambda _tool: None,
        must_ask: MustAsk = never,
        seen: Callable[[str, object], None] = lambda _name, _target: None,
        performed: Callable[[Performed], None] = lambda _performed: None,
    ) -> None:
        """Begin with the `effects` and `rulings` of earlier drives of the run.

        `must_ask` tells which calls the gate asks about, unless they were decided or `sensitive` asks about them.
        `started` is told of each call, and `seen` of each tool that came to the gate and each sensitive
        function that asks, by name. `performed` is told of each that ran, from any thread.
        """
        self.is_over = False
        """Whether the drive has ended, so that nothing more passes."""
        self.must_ask = must_ask
        self.serializer = serializer
        self.records = Records(ledger, effects)
        self.raised = RaisedErrors()
        self._rules = GateRules(self.records, rulings or Rulings(), must_ask, serializer)
        self._undecided: dict[str, Attempt] = {}
        """Of calls by code that nobody decided on, by key: the attempt that made it, of a task that asked nothing."""
        asked = self._rules.rulings.at_breakpoints.calls()
        self._positions = Positions((*asked, *(effect.call for effect in self.records.all)))
        self._started = started
        self.seen = seen
        self.performed = performed
        self._attempts: dict[int, Attempt] = {}
        """By identity of their scratchpad."""
        self._running_in: Counter[str] = Counter()
        """How many calls and functions run in a task, by its namespace."""
        self._guard = self.records.guard

    def ruling(self, langgraph_id: str) -> Ruling | None:
        """Return what was decided under one of LangGraph's interrupts."""
        return self._rules.rulings.by_interrupt.get(langgraph_id)

    def identify(self, incoming: IncomingCall) -> Call:
        """Return which call it is, of those that the code of another call makes."""
        self.seen(incoming.tool.name, incoming.tool)
        return incoming.identify(self._positions, self._attempt_of(incoming.config))

    async def call(self, incoming: IncomingCall, run: RunAsync) -> Any:
        """Make the call, if it may be made, and return its result. `run` calls the tool.

        Raises:
            GraphInterrupt: a call of this attempt of the task asks.
            NotRepeated: the call started once, and nobody decided to repeat it.
        """
        attempt = self._attempt_of(incoming.config)
        try:
            with attempt.running():
                gated, plan = self._planned(incoming, attempt, awaited=True)
                if isinstance(plan, Return):
                    return self._returned(gated, plan)
                await self._record_start(gated, plan)
                with self._recording_end(gated, plan) as ending:
                    given = gated.answered(plan)
                    ending.made = given is None
                    ending.result = given[0] if given else await run(gated.run_with(plan))
                return ending.result
        except GraphInterrupt:
            await attempt.wait_until_idle()
            raise self._stop(attempt) from None

    def call_sync(self, incoming: IncomingCall, run: RunSync) -> Any:
        """Make a call as `call` does, for code that does not await."""
        attempt = self._attempt_of(incoming.config)
        try:
            with attempt.running():
                gated, plan = self._planned(incoming, attempt, awaited=False)
                if isinstance(plan, Return):
                    return self._returned(gated, plan)
                self.records.record_blocking(gated.started(plan))
                with self._recording_end(gated, plan) as ending:
                    given = gated.answered(plan)
                    ending.made = given is None
                    ending.result = given[0] if given else run(gated.run_with(plan))
                return ending.result
        except GraphInterrupt:
            attempt.wait_until_idle_blocking()
            raise self._stop(attempt) from None

    @contextmanager
    def around(self, ns: str) -> Iterator[None]:
        """Count code within this context as that of a call or function of a task, which hears of calls within it."""
        with self._guard:
            self._running_in[ns] += 1
        try:
            yield
        finally:
            with self._guard:
                self._running_in[ns] -= 1

    def _is_inside(self, ns: str) -> bool:
        return any(number and ns.startswith(f"{outer}|") for outer, number in self._running_in.items())

    def question_of(self, scratchpad: object) -> GraphInterrupt | None:
        """Return the question with which the attempt that has this scratchpad stopped, if it did."""
        with self._guard:
            attempt = self._attempts.get(id(scratchpad))
            return attempt.choose().interrupt if attempt is not None and attempt.stops else None

    def _attempt_of(self, config: Any) -> Attempt:
        """Return the attempt of a task that has this configuration; its scratchpad is kept, and so is its identity."""
        scratchpad = scratchpad_of(config)
        with self._guard:
            return self._attempts.setdefault(id(scratchpad), TaskAttempt(scratchpad))

    def _planned(
        self, incoming: IncomingCall, attempt: Attempt, *, awaited: bool
    ) -> tuple[GatedCall, Return | Proceed]:
        """Return which call it is, and what becomes of it.

        Raises:
            GraphInterrupt: another call of the attempt asks.
        """
        with self._guard:
            if attempt.stops:
                raise GraphInterrupt
            gated = self._gated(incoming, attempt, awaited=awaited)
            try:
                plan = self._rules.apply(gated, made_again=self._is_made_again(gated))
            except NotRepeated as refusal:
                # What a person wants to know is why it went wrong, not that something of the agent's tries again.
                raise refusal from self.raised.of(gated.call)
            if isinstance(plan, Proceed):
                self._rules.ask_together(gated, self._others(incoming, gated.call, awaited=awaited))
            return gated, plan

    def _others(self, incoming: IncomingCall, call: Call, *, awaited: bool) -> Iterator[tuple[Call, Any]]:
        """Yield the other calls that a tool node is about to make beside this one, with their tools."""
        for other, tool in incoming.others(call):
            defaults = defaults_of(tool, other.args, awaited=awaited)
            yield replace(other, defaults=defaults, asks_first=asks_itself(tool), inner=call.inner), tool

    def _gated(self, incoming: IncomingCall, attempt: Attempt, *, awaited: bool) -> GatedCall:
        call = incoming.identify(self._positions, attempt)
        record = self.records.of(call.key)
        defaults_now = defaults_of(incoming.tool, call.args, awaited=awaited)
        call = replace(
            call,
            defaults=_shown(incoming.tool, defaults_now, record.call if record else self._rules.asked(call)),
            asks_first=asks_itself(incoming.tool),
            inner=bool(call.by_code) or ResumeSlots.within(incoming.config) is not None or self._is_inside(call.ns),
        )
        slots = ResumeSlots(
            incoming.config,
            record.slots if record else (),
            record.subgraphs if record else (),
            self.records.subgraphs_beside(call, record),
            call=call,
            tool=incoming.tool,
            counted_elsewhere=self._counted_elsewhere(record),
        )
        self._started(call.name)
        self.seen(call.name, incoming.tool)
        attempt.begun += 1
        return GatedCall(incoming, call, attempt, slots, record, attempt.begun, defaults_now)

    def _counted_elsewhere(self, record: Effect | None) -> tuple[int, ...]:
        """Return the slot of a question about several calls, which the first of them counts."""
        others = self.records.asked_with(record) if record is not None else []
        is_first = record is None or all(record.call.position < each.call.position for each in others)
        return () if record is None or is_first else record.slots[:1]

    def _is_made_again(self, gated: GatedCall) -> bool:
        """Whether an earlier attempt of a task that asked nothing, and failed, made a call that nobody decided on."""
        made = self._undecided.get(gated.call.key)
        return made is not None and made is not gated.attempt and not gated.slots.next_new

    async def _record_start(self, gated: GatedCall, plan: Proceed) -> None:
        started = gated.started(plan)
        try:
            await self.records.record(started)
        except BaseException:
            if started:
                self.records.note(gated.not_started())
            raise

    @contextmanager
    def _recording_end(self, gated: GatedCall, plan: Proceed) -> Iterator[Ending]:
        """Let the tool run within this context, and record how it ended; the context is told of a result."""
        ending = Ending()
        try:
            with gated.entered(), self.around(gated.call.ns):
                yield ending
        except BaseException as error:
            self.raised.note(error, gated.call)
            self._tell(gated, plan, ending, error)
            with self._guard:
                self.records.note(self._latest(gated).stopped(plan, error, self.records.paused_at))
            raise
        self._tell(gated, plan, ending)
        ending.result = self._done(gated, plan, ending.result)

    def _tell(self, gated: GatedCall, plan: Proceed, ending: Ending, error: BaseException | None = None) -> None:
        """Tell whoever watches of a call that was made and did not pause."""
        if ending.made and not isinstance(error, GraphInterrupt):
            args = gated.args if plan.args is None else plan.args
            self.performed(Performed(gated.call, args, plan.ruling is not None, ending.result, error))

    def _returned(self, gated: GatedCall, plan: Return) -> Any:
        gated.slots.save(skipped=True)
        self._note_undecided(gated)
        return plan.result

    def _done(self, gated: GatedCall, plan: Proceed, result: Any) -> Any:
        result = without_secrets(result)
        with self._guard:
            done = self._latest(gated).done(plan, result, self.serializer)
            if done and plan.ruling is None:
                self._note_undecided(gated)
            self.records.note(done)
        return result

    def _note_undecided(self, gated: GatedCall) -> None:
        if gated.call.by_code and not gated.slots.next_new:
            self._undecided[gated.call.key] = gated.attempt

    def _stop(self, attempt: Attempt) -> GraphInterrupt:
        """Return the question with which an attempt stops, once no call of it runs, and record what they asked."""
        with self._guard:
            paused = attempt.newly_paused()
            chosen = attempt.choose()
            finished, attempt.finished = attempt.finished, []
            # What the chosen one asks about others beside it is what is on record of them.
            records = [
                effect
                for each in sorted(paused, key=lambda each: each is chosen)
                for effect in self._latest(each.call).paused(
                    each.interrupt, self.records.paused_at, chosen=each is chosen, beside_finished=bool(finished)
                )
            ]
            self.records.note([*finished, *records])
            return chosen.interrupt

    def _latest(self, gated: GatedCall) -> GatedCall:
        """Return the call with its record as it was last written."""
        gated.record = self.records.of(gated.call.key)
        return gated


def asked_in(effects: Iterable[Effect]) -> set[str]:
    """Return LangGraph's ids of all interrupts that were raised in calls with a record, not only of the last ones."""
    return {id_ for e in effects for id_ in (e.langgraph_id, *interrupt_ids(e.call.ns, e.slots)) if id_}


def _shown(tool: Any, defaults_now: JsonObject, asked: Call | None) -> JsonObject:
    """Return the defaults as they were shown, as far as they can be given to the tool; else as they are now."""
    shown: Mapping[str, Any] = asked.defaults if asked else {}
    return {n: shown[n] if n in shown and can_be_given(tool, n) else value for n, value in defaults_now.items()}
