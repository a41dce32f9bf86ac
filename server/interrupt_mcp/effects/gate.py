"""The gate: every tool call of a drive passes here, next to the tool.

What was decided about a call is compared with what the tool is about to get; a record says that it starts before it
starts, and how it ended after; a call that is done is never made again; one that a person rejected is not made.
It knows nothing of where records are kept: a `Ledger` does.
"""

import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeAlias

from langgraph.errors import GraphInterrupt

from interrupt_mcp.dialects.order import Drop, Run
from interrupt_mcp.dialects.payload import same
from interrupt_mcp.effects.asking import Asking, MustAsk, asks_itself, never
from interrupt_mcp.effects.defaults import can_be_given, defaults_of
from interrupt_mcp.effects.ledger import Ledger, Serializer, wait_for
from interrupt_mcp.effects.passing import NotRepeated, Passing, Proceed, Return, without_secrets
from interrupt_mcp.effects.positions import Positions
from interrupt_mcp.effects.ruling import Ruling, Rulings
from interrupt_mcp.effects.slots import TaskSlots, interrupt_ids, scratchpad
from interrupt_mcp.effects.step import Step
from interrupt_mcp.effects.tries import Try
from interrupt_mcp.model import Bound, Call, Effect, EffectStatus, JsonObject

RunAsync: TypeAlias = Callable[[Any], Awaitable[Any]]
RunSync: TypeAlias = Callable[[Any], Any]
Calls: TypeAlias = Try[Passing]


class Gate:
    """The gate of one drive of one run.

    `bound` tells, after the drive, inside which tool call each interrupt was raised.
    """

    def __init__(
        self,
        ledger: Ledger,
        serializer: Serializer,
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
        self._ledger = ledger
        self.serializer = serializer
        self._effects = {effect.call.key: effect for effect in effects}
        self._free: dict[str, Calls] = {}
        """Calls of code that nobody decided on, by key, and the try that made them: a task that asked nothing."""
        self._positions = Positions(effect.call for effect in self._effects.values())
        self._rulings = rulings or Rulings()
        self._started = started
        self._seen = seen
        self._tries: dict[int, Calls] = {}
        self._around: Counter[str] = Counter()
        self._guard = threading.RLock()

    @property
    def bound(self) -> Bound:
        """Where each interrupt was raised."""
        return Bound.by(self._effects.values())

    @property
    def effects(self) -> list[Effect]:
        """All records of the run, as they are now."""
        return list(self._effects.values())

    @property
    def repeatable(self) -> list[str]:
        """Keys of calls that nobody decided on, of tasks that asked nothing: what fails then makes them again."""
        return list(self._free)

    def effect(self, key: str) -> Effect | None:
        """The record of a call, by its key."""
        return self._effects.get(key)

    def ruling(self, langgraph_id: str) -> Ruling | None:
        """What was decided under one of LangGraph's interrupts."""
        return self._rulings.by_interrupt.get(langgraph_id)

    def identify(self, step: Step) -> Call:
        """Which call it is, of those that the code of another call makes."""
        self._seen(step.tool.name)
        return step.identify(self._positions, self.try_of(step.config))

    async def call(self, step: Step, run: RunAsync) -> Any:
        """Make the call, if it may be made, and give its result."""
        tried = self.try_of(step.config)
        try:
            with tried.running():
                passing, plan = self._begun(step, tried)
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
                passing, plan = self._begun(step, tried)
                if isinstance(plan, Return):
                    return self._returned(passing, plan)
                self.record_now(passing.start(plan))
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

    def note(self, effects: list[Effect]) -> None:
        """Have records kept before anything that is kept later: what they tell has happened already."""
        if effects:
            self._keep(effects)

    async def record(self, effects: list[Effect]) -> None:
        """Put records on disk before going on."""
        if effects:
            await wait_for(self._keep(effects))

    def record_now(self, effects: list[Effect]) -> None:
        """The same, whichever thread this is."""
        if effects:
            self._keep(effects).result()

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
            await self.record(started)
        except BaseException:
            if started:
                self.note(passing.not_begun())
            raise

    def _begun(self, step: Step, tried: Calls) -> tuple[Passing, Return | Proceed]:
        """Which call it is, and what becomes of it.

        Raises:
            GraphInterrupt: another call of the try asks.
        """
        with self._guard:
            if tried.stops:
                raise GraphInterrupt
            passing = self._enter(step, tried)
            return passing, self._plan(passing)

    def _enter(self, step: Step, tried: Calls) -> Passing:
        call = step.identify(self._positions, tried)
        before = self._effects.get(call.key)
        fresh = defaults_of(step.tool, call.args)
        call = replace(
            call,
            defaults=_shown(step.tool, fresh, before),
            asks_first=asks_itself(step.tool),
            inner=bool(call.by_code) or TaskSlots.within(step.config) is not None or self._is_inside(call.ns),
        )
        others = {n for e in self._effects.values() if e.call.ns == call.ns for n in e.subgraphs}
        slots = TaskSlots(
            step.config,
            before.slots if before else (),
            before.subgraphs if before else (),
            others - set(before.subgraphs if before else ()),
            call=call,
            tool=step.tool,
        )
        self._started(call.name)
        self._seen(call.name)
        tried.begun += 1
        return Passing(step, call, tried, slots, before, tried.begun, fresh)

    def _ruling(self, passing: Passing) -> Ruling | None:
        before = passing.before
        if before and before.langgraph_id:
            ruling = self._rulings.by_interrupt.get(before.langgraph_id)
            # What is asked within a decided call, by a function or by an agent, takes nothing of its decision away.
            inner = ruling is None or (self._about_function(passing, ruling) and not isinstance(ruling.order, Drop))
            return (self._under(before) or ruling) if inner else ruling
        if before and before.interrupt_id:
            return self._under(before)
        ids = interrupt_ids(passing.call.ns, range(passing.slots.next_id))
        return self._rulings.of_call(
            passing.call, ids, passing.call.args, lambda one: self._free_for(one, passing.call)
        )

    def _under(self, before: Effect) -> Ruling | None:
        return self._rulings.under((before.interrupt_id, before.index)) if before.interrupt_id else None

    def _free_for(self, ruling: Ruling, call: Call) -> bool:
        """Whether no other call was made under the ruling."""
        return not any(
            (e.interrupt_id, e.index) == ruling.decided and e.call.key != call.key
            for e in self._effects.values()
            if not e.call.function
        )

    def _plan(self, passing: Passing) -> Return | Proceed:
        before, ruling = passing.before, self._ruling(passing)
        passing.asking = self._asking(passing, ruling)
        if before and before.status is EffectStatus.DONE and not self._made_again(passing):
            assert before.result is not None
            return Return(self.serializer.loads_typed(before.result))
        if ruling is not None and isinstance(ruling.order, Drop):
            return Return(_dropped(passing, ruling))
        unsettled = before and before.status not in (EffectStatus.PAUSED, EffectStatus.DONE)
        if before and unsettled and (ruling is None or ruling.attempt <= before.attempt):
            raise NotRepeated(
                f"{passing.call.name} is not made again: it started once and nobody decided to repeat it."
            )
        if ruling is None or self._about_function(passing, ruling):
            return Proceed(before.args if before else None, None)
        return self._decided(passing, ruling)

    def _decided(self, passing: Passing, ruling: Ruling) -> Return | Proceed:
        """What was approved is what runs: the tool, and all that it is called with."""
        assert isinstance(ruling.order, Run)
        if ruling.about_call and not self._free_for(ruling, passing.call):
            return _refused(passing, "what was decided was for another call")
        own = passing.before is not None and not ruling.before_call
        tool = passing.before.call.name if passing.before and own else ruling.tool
        if ruling.about_call and tool != passing.call.name:
            return _refused(passing, f"what was approved was {tool}")
        decided = ruling.order.args
        if decided is not None and not ruling.replaces and not _is(decided, passing):
            return _refused(passing, "its arguments are not the ones that were approved")
        shown = passing.before.call.defaults if passing.before else passing.call.defaults
        args = {**shown, **decided} if ruling.replaces and decided is not None else passing.args
        if (name := passing.cannot_be_given(args)) is not None:
            return _refused(passing, f"it would not be called with the {name} that was approved")
        return Proceed(args, ruling)

    def _about_function(self, passing: Passing, ruling: Ruling) -> bool:
        """Whether a `sensitive` function asked inside the call, which then keeps its own record."""
        paused_at = passing.before.langgraph_id if passing.before else ""
        return not ruling.about_call and any(
            e.call.function and e.langgraph_id == paused_at for e in self._effects.values()
        )

    def _made_again(self, passing: Passing) -> bool:
        """Whether a call that nobody decided on was made by an earlier try of a task that asked nothing, and failed."""
        made = self._free.get(passing.call.key)
        return made is not None and made is not passing.tried and not passing.slots.next_id

    def _asking(self, passing: Passing, ruling: Ruling | None) -> Asking | None:
        """How the gate asks about the call; whether it does is fixed when the call first comes."""
        if passing.before is not None:
            return (self.must_ask(passing.call) or Asking("")) if passing.before.gated else None
        # Where there is no such tool, nothing would run.
        if ruling is not None or passing.step.tool is None or passing.call.asks_first:
            return None
        return self.must_ask(passing.call)

    def _returned(self, passing: Passing, plan: Return) -> Any:
        passing.slots.keep(skipped=True)
        return plan.result

    def _done(self, passing: Passing, plan: Proceed, result: Any) -> Any:
        result = without_secrets(result)
        with self._guard:
            done = self._latest(passing).done(plan, result, self.serializer)
            if passing.call.by_code and plan.ruling is None and not passing.slots.next_id:
                self._free.update({effect.call.key: passing.tried for effect in done})
            self.note(done)
        return result

    def _stopped(self, passing: Passing, plan: Proceed, error: BaseException) -> None:
        with self._guard:
            self.note(self._latest(passing).stop(plan, error, self._paused_at))

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
                    asked.pause, self._paused_at, chosen=asked is chosen, company=bool(finished)
                )
            ]
            self.note([*finished, *records])
            return chosen.pause

    @property
    def _paused_at(self) -> frozenset[str]:
        """The interrupts that calls are paused at; a function's is one of the call around it as well."""
        return frozenset(
            e.langgraph_id
            for e in self._effects.values()
            if e.status is EffectStatus.PAUSED and e.langgraph_id and not e.call.function
        )

    def _latest(self, passing: Passing) -> Passing:
        """The call with its record as it was last written."""
        passing.before = self._effects.get(passing.call.key)
        return passing

    def _keep(self, effects: list[Effect]) -> Future[None]:
        with self._guard:
            self._effects.update({effect.call.key: effect for effect in effects})
            return self._ledger.record(effects)


def asked_in(effects: Iterable[Effect]) -> set[str]:
    """LangGraph's ids of all interrupts that were raised in calls with a record, those before the last one too."""
    return {id_ for e in effects for id_ in (e.langgraph_id, *interrupt_ids(e.call.ns, e.slots)) if id_}


def _shown(tool: Any, fresh: JsonObject, before: Effect | None) -> JsonObject:
    """The defaults as they were shown, as far as they can be given to the tool; else as they are now."""
    shown: Mapping[str, Any] = before.call.defaults if before else {}
    return {n: shown[n] if n in shown and can_be_given(tool, n) else value for n, value in fresh.items()}


def _is(decided: JsonObject, passing: Passing) -> bool:
    """Whether the call is made with what was decided; a middleware shows and decides no defaults."""
    own, defaults = passing.args, passing.call.defaults
    return decided.keys() <= own.keys() and all(
        same(decided[name], value) if name in decided else name in defaults for name, value in own.items()
    )


def _dropped(passing: Passing, ruling: Ruling) -> Any:
    assert isinstance(ruling.order, Drop)
    if not ruling.doubted:
        return _refused(passing, ruling.order.message).result
    name, why = passing.call.name, ruling.order.message
    return passing.step.says(f"It is not known whether {name} was done, and it was not done again: {why}", error=True)


def _refused(passing: Passing, why: str) -> Return:
    return Return(passing.step.says(f"{passing.call.name} was not run: {why}", error=True))
