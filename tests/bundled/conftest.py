"""Drives a bundled agent with LangGraph itself, without the server."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, Interrupt

# The agents choose their model when they are imported, which is after this file and before any fixture.
os.environ.pop("INTERRUPT_MCP_MODEL", None)


@dataclass
class Thread:
    graph: Any
    interrupts: tuple[Interrupt, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    def start(self, given: str | dict[str, Any]) -> tuple[Interrupt, ...]:
        return self._go_on({"messages": [("user", given)]} if isinstance(given, str) else given)

    def answer(self, *answers: Any) -> tuple[Interrupt, ...]:
        """Give one answer for each open interrupt, in their order, and return what is asked next."""
        return self.answer_by_id(dict(zip([asked.id for asked in self.interrupts], answers, strict=True)))

    def answer_by_id(self, answers: Mapping[str, Any]) -> tuple[Interrupt, ...]:
        return self._go_on(Command(resume=answers))

    def _go_on(self, given: Any) -> tuple[Interrupt, ...]:
        config = {"configurable": {"thread_id": "1"}}
        self.values = self.graph.invoke(given, config, version="v2").value
        # The output has parallel interrupts in the order in which they were raised, the state in that of the calls.
        self.interrupts = self.graph.get_state(config).interrupts
        return self.interrupts

    @property
    def said(self) -> str:
        return str(self.values["messages"][-1].text)


@pytest.fixture
def thread_of() -> Callable[[Any], Thread]:
    return lambda graph: Thread(graph.copy(update={"checkpointer": InMemorySaver()}))
