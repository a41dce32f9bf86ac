"""Which answer goes to which tool call of a task.

LangGraph keeps a task's answers in one list and hands them out in the order in which `interrupt()` is called, so a
call that is skipped, or comes earlier than before, would get another call's answer. Here each call is given the
places it had before, and a new place only at the end.
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


class Places:
    """A counter that gives the recorded places first, then fresh ones, and remembers all it gave."""

    def __init__(self, recorded: Iterable[int], fresh: Callable[[], int]) -> None:
        self._recorded = iter(recorded)
        self._fresh = fresh
        self.given: list[int] = []
        self.asked_anew = False

    def __call__(self) -> int:
        place = next(self._recorded, None)
        if place is None:
            place = self._fresh()
            self.asked_anew = True
        self.given.append(place)
        return place


_entered: ContextVar["TaskSlots | None"] = ContextVar("interrupt_mcp_entered", default=None)


class TaskSlots:
    """The answers of the task that makes a tool call, seen from that call."""

    def __init__(
        self,
        config: RunnableConfig,
        answers: Iterable[int] = (),
        subgraphs: Iterable[int] = (),
        taken: Collection[int] = (),
        *,
        call: Call | None = None,
        tool: Any = None,
    ) -> None:
        """`call` is the call that these are of, and `tool` what it calls; none where no tool is called."""
        self.call = call
        self.tool = tool
        self._handed = False
        conf = config["configurable"]
        self.task = scratchpad(config)
        self._send = conf[CONFIG_KEY_SEND]
        self._count_task: Callable[[], object] = self.task.interrupt_counter
        self._kept = tuple(answers)
        self.answers = Places(self._kept, self._next_answer)
        self.subgraphs = Places(subgraphs, lambda: self._next_subgraph(taken))
        own = replace(self.task, interrupt_counter=self._count_answer, subgraph_counter=self.subgraphs)
        self.config: RunnableConfig = {**config, "configurable": {**conf, CONFIG_KEY_SCRATCHPAD: own}}

    @staticmethod
    def within(config: RunnableConfig) -> "TaskSlots | None":
        """Those of the tool call in which this code runs, if the gate let it through."""
        owner = getattr(scratchpad(config).interrupt_counter, "__self__", None)
        return owner if isinstance(owner, TaskSlots) else None

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Within this context the tool runs, whichever configuration its code uses."""
        token = _entered.set(self)
        try:
            yield
        finally:
            _entered.reset(token)

    def hand_over(self, tool: Any) -> bool:
        """Whether this is the call itself on its way to the tool, which it is once; all else is made by the tool."""
        if self._handed or tool is not self.tool:
            return False
        self._handed = True
        return True

    def count_from_task(self) -> None:
        """Take the places in the order in which the task asks, as LangGraph does."""
        self.answers = Places((), self.task.interrupt_counter)
        self._count_task = lambda: None

    @property
    def next_id(self) -> int:
        """The place the task's next interrupt gets, from which LangGraph makes its id."""
        return len(self.task.resume)

    @property
    def answered(self) -> tuple[int, ...]:
        """The places it was given that have their answers. One that only asked has none yet."""
        return self.answered_since(0)

    def answered_since(self, number: int) -> tuple[int, ...]:
        """The same without those that were given first."""
        return tuple(place for place in self.answers.given[number:] if place < len(self.task.resume))

    def skip(self, places: Iterable[int]) -> None:
        """Count answers that are not asked for again, as if they were."""
        for _ in places:
            self._count_answer()

    def keep(self, *, skipped: bool = False) -> None:
        """Save all answers of the task again: a call that came later may have saved a shorter list."""
        if skipped:
            for _ in self._kept:
                self._count_task()
        if self.task.resume:
            self._send([(RESUME, list(self.task.resume))])

    def _count_answer(self) -> int:
        self._count_task()
        return self.answers()

    def _next_answer(self) -> int:
        return len(self.task.resume)

    def _next_subgraph(self, taken: Collection[int]) -> int:
        number: int = self.task.subgraph_counter()
        while number in taken:
            number = self.task.subgraph_counter()
        return number


def inside(config: RunnableConfig) -> RunnableConfig:
    """The configuration, or where code of a call uses that of the task around it, with the call's own answers."""
    slots = _entered.get()
    if slots is None or scratchpad(config) is not slots.task:
        return config
    own = {CONFIG_KEY_SCRATCHPAD: scratchpad(slots.config)}
    return {**config, "configurable": {**config["configurable"], **own}}


def interrupt_ids(ns: str, places: Iterable[int]) -> tuple[str, ...]:
    """LangGraph's ids of the interrupts that a task asks at these places."""
    return tuple(interrupt_id_of(ns, place) for place in places)


def scratchpad(config: RunnableConfig) -> Any:
    """LangGraph's counters and answers of one try of a task."""
    return config["configurable"][CONFIG_KEY_SCRATCHPAD]


def thread_id(config: RunnableConfig) -> str:
    """The thread that the task belongs to."""
    return str(config["configurable"].get("thread_id", ""))


def namespace(config: RunnableConfig) -> str:
    """The checkpoint namespace of the task that makes the call."""
    ns: Any = config["configurable"].get("checkpoint_ns", "")
    return str(ns)
