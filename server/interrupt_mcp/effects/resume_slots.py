"""Resume slots: which of a task's answers goes to which of its tool calls.

LangGraph keeps a task's answers in one list and gives them out in the order in which `interrupt()` is called, so a
call that is skipped, or comes earlier than before, would get another call's answer. Here each call is given the slots
of that list that it had before, and a new one only at the end.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph._internal._constants import CONFIG_KEY_SCRATCHPAD, CONFIG_KEY_SEND, RESUME
from langgraph.types import _interrupt_id as interrupt_id_of

from interrupt_mcp.model import Call


class ReplayingCounter:
    """A counter that gives the recorded numbers first, then new ones, and remembers all that it gave."""

    def __init__(self, recorded: Iterable[int], new: Callable[[], int]) -> None:
        self._recorded = iter(recorded)
        self._new = new
        self.given: list[int] = []
        self.gave_new = False

    def __call__(self) -> int:
        number = next(self._recorded, None)
        if number is None:
            number = self._new()
            self.gave_new = True
        self.given.append(number)
        return number


_entered: ContextVar["ResumeSlots | None"] = ContextVar("interrupt_mcp_entered", default=None)


class ResumeSlots:
    """The resume slots of a task, as one of its tool calls sees them."""

    def __init__(
        self,
        config: RunnableConfig,
        recorded: Iterable[int] = (),
        subgraphs: Iterable[int] = (),
        other_subgraphs: Collection[int] = (),
        *,
        call: Call | None = None,
        tool: Any = None,
        counted_elsewhere: Collection[int] = (),
    ) -> None:
        """Number what the call asks by its `recorded` slots, and the graphs that it runs by its `subgraphs`.

        `other_subgraphs` are the numbers of graphs that other calls of the task ran. `call` is the call that asks, and
        `tool` what it calls; none where no tool is called. `counted_elsewhere` are slots that it has in common with
        another call, which counts them.
        """
        self.call = call
        self.tool = tool
        self._arrived = False
        """Whether the call came to its tool."""
        self.is_asked_by_gate = False
        """Whether the gate asks about the call before it comes to its tool."""
        self._is_allowed_once = True
        conf = config["configurable"]
        self.scratchpad = scratchpad_of(config)
        """LangGraph's own, of the task."""
        self._send = conf[CONFIG_KEY_SEND]
        self._count_in_task: Callable[[], object] = self.scratchpad.interrupt_counter
        self._recorded = tuple(recorded)
        self._counted_elsewhere = counted_elsewhere
        self.interrupts = ReplayingCounter(self._recorded, self._new_slot)
        self.subgraphs = ReplayingCounter(subgraphs, lambda: self._new_subgraph(other_subgraphs))
        own = replace(self.scratchpad, interrupt_counter=self._next_slot, subgraph_counter=self.subgraphs)
        self.config: RunnableConfig = {**config, "configurable": {**conf, CONFIG_KEY_SCRATCHPAD: own}}
        """The configuration with which code asks through these slots."""

    @staticmethod
    def within(config: RunnableConfig) -> "ResumeSlots | None":
        """Return those of the tool call in which this code runs, if the gate let it through."""
        owner = getattr(scratchpad_of(config).interrupt_counter, "__self__", None)
        return owner if isinstance(owner, ResumeSlots) else None

    @staticmethod
    def of_task(config: RunnableConfig) -> "ResumeSlots":
        """Return those of code that no tool call is around: they are given out as LangGraph gives them out."""
        slots = ResumeSlots(config)
        slots.interrupts = ReplayingCounter((), slots.scratchpad.interrupt_counter)
        slots._count_in_task = lambda: None
        return slots

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let code within this context ask through these slots, whichever configuration it uses."""
        token = _entered.set(self)
        try:
            yield
        finally:
            _entered.reset(token)

    def arrives_at(self, tool: Any) -> bool:
        """Note that the tool is called; whether it is by the call itself, and not by code that the call runs."""
        if self._arrived or tool is not self.tool:
            return False
        self._arrived = True
        return True

    def allowed_by_gate(self) -> bool:
        """Note that what the tool runs would ask; whether it need not, as the gate has asked about just this."""
        allowed, self._is_allowed_once = self.is_asked_by_gate and self._is_allowed_once, False
        return allowed

    @property
    def next_new(self) -> int:
        """The slot of the task's next new question, from which LangGraph makes its id."""
        return len(self.scratchpad.resume)

    @property
    def answered(self) -> tuple[int, ...]:
        """The slots given so far that hold answers. That of a question which is still open holds none."""
        return self.answered_after(0)

    def answered_after(self, number: int) -> tuple[int, ...]:
        """Return those that hold answers, without as many as `number` that were given first."""
        return tuple(slot for slot in self.interrupts.given[number:] if slot < len(self.scratchpad.resume))

    def skip(self, slots: Iterable[int]) -> None:
        """Count as many slots as given out, for questions that are not asked again."""
        for _ in slots:
            self._next_slot()

    def save(self, *, skipped: bool = False) -> None:
        """Save all answers of the task again: a call that came later may have saved a shorter list.

        `skipped` is whether the call is not made, so that what it asked before is counted here.
        """
        if skipped:
            for slot in self._recorded:
                self._count(slot)
        if self.scratchpad.resume:
            self._send([(RESUME, list(self.scratchpad.resume))])

    def _next_slot(self) -> int:
        slot = self.interrupts()
        self._count(slot)
        return slot

    def _count(self, slot: int) -> None:
        if slot not in self._counted_elsewhere:
            self._count_in_task()

    def _new_slot(self) -> int:
        return len(self.scratchpad.resume)

    def _new_subgraph(self, others: Collection[int]) -> int:
        number: int = self.scratchpad.subgraph_counter()
        while number in others:
            number = self.scratchpad.subgraph_counter()
        return number


def with_own_slots(config: RunnableConfig) -> RunnableConfig:
    """Return the configuration; where code of a call uses that of the task around it, with the call's own slots."""
    slots = _entered.get()
    if slots is None or scratchpad_of(config) is not slots.scratchpad:
        return config
    own = {CONFIG_KEY_SCRATCHPAD: scratchpad_of(slots.config)}
    return {**config, "configurable": {**config["configurable"], **own}}


def interrupt_ids(ns: str, slots: Iterable[int]) -> tuple[str, ...]:
    """Return LangGraph's ids of the interrupts that a task asks in these slots."""
    return tuple(interrupt_id_of(ns, slot) for slot in slots)


def scratchpad_of(config: RunnableConfig) -> Any:
    """Return LangGraph's counters and answers of one attempt of a task."""
    return config["configurable"][CONFIG_KEY_SCRATCHPAD]


def thread_id_of(config: RunnableConfig) -> str:
    """Return the thread that the task belongs to."""
    return str(config["configurable"].get("thread_id", ""))


def namespace_of(config: RunnableConfig) -> str:
    """Return the checkpoint namespace of the task that makes the call."""
    ns: Any = config["configurable"].get("checkpoint_ns", "")
    return str(ns)
