"""One agent, driven twice: by LangGraph alone, and by our server."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, Interrupt


@dataclass(frozen=True)
class Effects:
    """What the tools did, in order."""

    path: Path

    def __iter__(self) -> Any:
        return iter(self.lines)

    @property
    def lines(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []


@pytest.fixture
def effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Effects:
    path = tmp_path / "effects"
    monkeypatch.setenv("EFFECTS", str(path))
    return Effects(path)


@dataclass
class Bare:
    """A graph driven by LangGraph alone, as its documentation says."""

    graph: Any
    config: Any = field(default_factory=lambda: {"configurable": {"thread_id": "bare"}})

    async def start(self, given: Any = None) -> list[Interrupt]:
        return await self._drive(given or {"messages": [("user", "go")]})

    async def answer(self, answers: dict[str, Any]) -> list[Interrupt]:
        """Answer by interrupt id."""
        return await self._drive(Command(resume=answers))

    async def _drive(self, given: Any) -> list[Interrupt]:
        output = await self.graph.ainvoke(given, self.config, version="v2")
        return list(output.interrupts)


@pytest.fixture
def bare() -> Callable[[str], Bare]:
    """`bare(source)`: the agent of that source, without a server."""

    def make(source: str) -> Bare:
        names: dict[str, Any] = {"__name__": "bare"}
        exec(textwrap.dedent(source), names)
        return Bare(names["graph"].copy(update={"checkpointer": InMemorySaver()}))

    return make


def asked(run: dict[str, Any], action: str) -> dict[str, Any]:
    """The one interrupt of the run that asks about this action."""
    (found,) = [i for i in run["interrupts"] if i["requests"][0]["action"] == action]
    return found


def decision(interrupt: dict[str, Any], type_: str, **more: Any) -> dict[str, Any]:
    return {"interrupt_id": interrupt["interrupt_id"], "type": type_, **more}
