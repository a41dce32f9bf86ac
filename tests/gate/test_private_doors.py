"""What the gate relies on at LangChain's tools, in threads and in configurations, and what breaks without it."""

import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.thread import _worker
from typing import Any

import pytest
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.base import get_checkpoint_metadata
from langgraph.errors import is_invalid_resume
from langgraph.prebuilt import ToolRuntime

from interrupt_mcp.effects.active_gate import GATE
from interrupt_mcp.effects.defaults import defaults_of, models_own
from interrupt_mcp.effects.doors import install

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("step", [BaseTool.run, BaseTool.arun])
def test_the_door_of_every_tool(step: Any) -> None:
    """Otherwise calls that no tool node makes would not come to the gate, or without their place in the run."""
    install()
    names = inspect.signature(inspect.unwrap(step)).parameters
    assert list(names)[:2] == ["self", "tool_input"]
    assert {"config", "tool_call_id"} <= names.keys()
    assert all(names[name].kind is inspect.Parameter.KEYWORD_ONLY for name in ("config", "tool_call_id"))


@pytest.mark.parametrize("ask", ["invoke", "ainvoke", "batch", "run"])
async def test_all_ways_to_a_tool_come_to_one_of_its_two_doors(ask: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise code could call a tool past the gate, or a call would be taken for two."""
    passed = []

    @tool
    def look(where: str) -> str:
        """Look."""
        return f"looked {where}"

    for name in ("run", "arun"):
        original = getattr(BaseTool, name)

        def watched(*given: Any, original: Any = original, name: str = name, **named: Any) -> Any:
            passed.append(name)
            return original(*given, **named)

        monkeypatch.setattr(BaseTool, name, watched)
    match ask:
        case "ainvoke":
            await look.ainvoke({"where": "up"})
        case "batch":
            look.batch([{"where": "up"}])
        case _:
            getattr(look, ask)({"where": "up"})
    assert passed == ["run"]


def test_what_a_model_gives_is_told_from_what_is_put_in() -> None:
    """Otherwise the gate would show people a state, or not show them a default."""

    @tool
    def look(where: str, runtime: ToolRuntime, far: bool = True) -> str:
        """Look."""
        return where

    assert models_own(look, {"where": "up", "runtime": None}) == {"where": "up"}
    assert defaults_of(look, {"where": "up"}) == {"far": True}


def test_what_begins_with_underscores_stays_out_of_a_checkpoints_metadata() -> None:
    """Otherwise the gate, which goes with the configuration, would have to be written into it."""
    assert GATE.startswith("__")
    metadata = get_checkpoint_metadata({"configurable": {"thread_id": "1", GATE: object(), "user": "ann"}}, {})
    assert metadata == {"user": "ann"} or metadata == {"thread_id": "1", "user": "ann"}


def test_a_pools_worker_is_told_from_a_thread_with_work_of_its_own() -> None:
    """Otherwise a pool that a drive was the first to use would be marked for good."""
    targets = []

    class Watched(threading.Thread):
        def start(self) -> None:
            targets.append(self._target)  # type: ignore[attr-defined]
            super().start()

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr(threading, "Thread", Watched)
        pool.submit(int).result()
    assert targets == [_worker]


def test_an_answer_that_does_not_fit_its_schema_is_told_from_other_errors() -> None:
    """Otherwise a tool whose question refused an answer would be in doubt, though it never heard it."""
    assert not is_invalid_resume(ValueError("no"))
    assert "_INVALID_RESUME" in inspect.getsource(is_invalid_resume)
