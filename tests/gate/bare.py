"""An agent driven by LangGraph alone, as its documentation says: what the gate is there for."""

from dataclasses import dataclass
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, Interrupt

CONFIG: Any = {"configurable": {"thread_id": "bare"}}


@dataclass(frozen=True)
class Bare:
    """A graph with a checkpointer in memory."""

    graph: Any

    async def start(self) -> list[Interrupt]:
        """Start, and return what is asked."""
        return await self._drive({"messages": [("user", "go")]})

    async def answer(self, answers: dict[str, Any]) -> list[Interrupt]:
        """Answer by interrupt id, and return what is asked next."""
        return await self._drive(Command(resume=answers))

    async def _drive(self, given: Any) -> list[Interrupt]:
        output = await self.graph.ainvoke(given, CONFIG, version="v2")
        return list(output.interrupts)


def bare(graph: Any) -> Bare:
    """Return the graph without a server, with nothing in its memory yet."""
    return Bare(graph.copy(update={"checkpointer": InMemorySaver()}))
