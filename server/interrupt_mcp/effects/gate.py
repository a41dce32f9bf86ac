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
from interrupt_mcp.effects.gated_call import Step
from interrupt_mcp.effects.passing import Passing, Proceed, Return, without_secrets
from interrupt_mcp.effects.plans import Plans
from interrupt_mcp.effects.positions import Positions
from interrupt_mcp.effects.records import Ledger, Records
from interrupt_mcp.effects.resume_slots import TaskSlots, interrupt_ids, scratchpad
from interrupt_mcp.effects.ruling import Ruling, Rulings
from interrupt_mcp.effects.tries import Try
from interrupt_mcp.model import Call, Effect, JsonObject

RunAsync: TypeAlias = Callable[[Any], Awaitable[Any]]
RunSync: TypeAlias = Callable[[Any], Any]
Calls: TypeAlias = Try[Passing]


class Gate:
    """The gate of one drive of one run.

    `records` tell, after the drive, what was done, and inside which tool call each interrupt was raised.
    """

    def __init__(
        self,
        ledger: Ledger,
        serializer: SerializerProtocol,
        effects: Iterable[Effect] = (),
        rulings: Rulings | None = None,
        started: Callable[[str], None] = lambda _tool: None,
        must_ask: MustAsk = never,
        seen: Callable[[str], None] = lambda _tool: None,
    ) -> None:
        """`must_ask` tells which calls the gate asks about, unless they were decided or `sensitive` asks about them.

        `started` is told of each call, and `seen` of each tool that the gate was passed to.
        """
        self.is_over = False
        """Whether the drive has ended, so that nothing more passes."""
        self.must_ask = must_ask
        self.serializer = serializer
        self.records = Records(ledger, effects)
        self._plans = Plans(self.records, rulings or Rulings(), must_ask, serializer)
        self._free: dict[str, Calls] = {}
        """Calls of code that nobody decided on, by key, and the try that made them: a task that asked nothing."""
        self._positions = Positions(effect.call for effect in self.records.all)
        self._started = started
        self._seen = seen
        self._tries: dict[int, Calls] = {}
        self._around: Counter[str] = Counter()
        self._guard = self.records.guard

    def ruling(self, langgraph_id: str) -> Ruling | None:
        """What was decided under one of LangGraph's interrupts."""
        return self._plans.rulings.by_interrupt.get(langgraph_id)

    def identify(self, step: Step) -> Call:
        """Which call it is, of those that the code of another call makes."""
        self._seen(step.tool.name)
        return step.identify(self._positions, self.try_of(step.config))

    async def call(self, step: Step, run: RunAsync) -> Any:
        """Make the call, if it may be made, and give its result."""
        tried = self.try_of(step.config)
        try:
            with tried.running():
                passing, plan = self._begun(step, tried, awaited=True)
                if isinstance(plan, Return):
                    return self._returned(passing, plan)
                await self._begin(passing, plan)
                try:
                    with passing.entered(), self.around(passing.call.ns):
                        given = passing.answered()
                        result = given[0] if given else await run(passing.run_with(plan))
                except BaseException as error:
                    self._stopped(passing, plan, error)
                    raise
                return self._done(passing, plan, result)
        except GraphInterrupt:
            await tried.alone()
            raise self._stop(tried) from None

    def call_sync(self, step: Step, run: RunSync) -> Any:
        """The same for code that does not await."""
        tried = self.try_of(step.config)
        try:
            with tried.running():
                passing, plan = self._begun(step, tried, awaited=False)
                if isinstance(plan, Return):
                    return self._returned(passing, plan)
                self.records.record_now(passing.start(plan))
                try:
                    with passing.entered(), self.around(passing.call.ns):
                        given = passing.answered()
                        result = given[0] if given else run(passing.run_with(plan))
                except BaseException as error:
                    self._stopped(passing, plan, error)
                    raise
                return self._done(passing, plan, result)
        except GraphInterrupt:
            tried.alone_now()
            raise self._stop(tried) from None

    @contextmanager
    def around(self, ns: str) -> Iterator[None]:
        """Within this context code of a task's call or function runs, and hears what calls of graphs within come to."""
        with self._guard:
            self._around[ns] += 1
        try:
            yield
        finally:
            with self._guard:
                self._around[ns] -= 1

    def _is_inside(self, ns: str) -> bool:
        return any(number and ns.startswith(f"{outer}|") for outer, number in self._around.items())

    def try_of(self, config: Any) -> Calls:
        """The try of a task that the configuration is of. Its object is kept, so that its identity stays its own."""
        pad = scratchpad(config)
        with self._guard:
            return self._tries.setdefault(id(pad), Try(pad))

    def stopped(self, pad: object) -> GraphInterrupt | None:
        """The question with which the try of this scratchpad stopped, if it did."""
        with self._guard:
            tried = self._tries.get(id(pad))
            return tried.choose().pause if tried is not None and tried.stops else None

    async def _begin(self, passing: Passing, plan: Proceed) -> None:
        started = passing.start(plan)
        try:
            await self.records.record(started)
        except BaseException:
            if started:
                self.records.note(passing.not_begun())
            raise

    def _begun(self, step: Step, tried: Calls, *, awaited: bool) -> tuple[Passing, Return | Proceed]:
        """Which call it is, and what becomes of it.

        Raises:
            GraphInterrupt: another call of the try asks.
        """
        with self._guard:
            if tried.stops:
                raise GraphInterrupt
            passing = self._enter(step, tried, awaited=awaited)
            return passing, self._plans.plan(passing, made_again=self._made_again(passing))

    def _enter(self, step: Step, tried: Calls, *, awaited: bool) -> Passing:
        call = step.identify(self._positions, tried)
        before = self.records.of(call.key)
        fresh = defaults_of(step.tool, call.args, awaited=awaited)
        call = replace(
            call,
            defaults=_shown(step.tool, fresh, before),
            asks_first=asks_itself(step.tool),
            inner=bool(call.by_code) or TaskSlots.within(step.config) is not None or self._is_inside(call.ns),
        )
        slots = TaskSlots(
            step.config,
            before.slots if before else (),
            before.subgraphs if before else (),
            self.records.subgraphs_beside(call, before),
            call=call,
            tool=step.tool,
        )
        self._started(call.name)
        self._seen(call.name)
        tried.begun += 1
        return Passing(step, call, tried, slots, before, tried.begun, fresh)

    def _made_again(self, passing: Passing) -> bool:
        """Whether a call that nobody decided on was made by an earlier try of a task that asked nothing, and failed."""
        made = self._free.get(passing.call.key)
        return made is not None and made is not passing.tried and not passing.slots.next_id

    def _returned(self, passing: Passing, plan: Return) -> Any:
        passing.slots.keep(skipped=True)
        self._note_free(passing)
        return plan.result

    def _done(self, passing: Passing, plan: Proceed, result: Any) -> Any:
        result = without_secrets(result)
        with self._guard:
            done = self._latest(passing).done(plan, result, self.serializer)
            if done and plan.ruling is None:
                self._note_free(passing)
            self.records.note(done)
        return result

    def _note_free(self, passing: Passing) -> None:
        if passing.call.by_code and not passing.slots.next_id:
            self._free[passing.call.key] = passing.tried

    def _stopped(self, passing: Passing, plan: Proceed, error: BaseException) -> None:
        with self._guard:
            self.records.note(self._latest(passing).stop(plan, error, self.records.paused_at))

    def _stop(self, tried: Calls) -> GraphInterrupt:
        """The question with which a try stops, once no call of it runs; what its calls asked is on record by then."""
        with self._guard:
            fresh = tried.unsettled()
            chosen = tried.choose()
            finished, tried.finished = tried.finished, []
            records = [
                effect
                for asked in fresh
                for effect in self._latest(asked.asker).paused(
                    asked.pause, self.records.paused_at, chosen=asked is chosen, company=bool(finished)
                )
            ]
            self.records.note([*finished, *records])
            return chosen.pause

    def _latest(self, passing: Passing) -> Passing:
        """The call with its record as it was last written."""
        passing.before = self.records.of(passing.call.key)
        return passing


def asked_in(effects: Iterable[Effect]) -> set[str]:
    """LangGraph's ids of all interrupts that were raised in calls with a record, those before the last one too."""
    return {id_ for e in effects for id_ in (e.langgraph_id, *interrupt_ids(e.call.ns, e.slots)) if id_}


def _shown(tool: Any, fresh: JsonObject, before: Effect | None) -> JsonObject:
    """The defaults as they were shown, as far as they can be given to the tool; else as they are now."""
    shown: Mapping[str, Any] = before.call.defaults if before else {}
    return {n: shown[n] if n in shown and can_be_given(tool, n) else value for n, value in fresh.items()}
