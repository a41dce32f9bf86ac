"""What a thread is shown with: its graph, and what was done on it. It knows no caller."""

from typing import TYPE_CHECKING, Any

from interrupt_mcp.model import Drawing, EffectStatus, Json, JsonObject
from interrupt_mcp.store.records import Done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interrupt_mcp.runs.inquiries import Results
    from interrupt_mcp.store.port import Checkpoints


def drawn(graph: Any, standing: tuple[str, ...]) -> tuple[str, Drawing]:
    """Return the graph in Mermaid and as a drawing, with where the thread stands."""
    from interrupt_mcp.execution import history
    from interrupt_mcp.execution.drawing import drawing_of

    return history.diagram(graph, standing), drawing_of(graph, standing)


def results_of(effects: "Sequence[Done]") -> "Results":
    """Return the results that are on record, in the order of the effects that have one."""
    return tuple(done.effect.result for done in effects if done.effect.result is not None)


def results_told(saver: "Checkpoints", results: "Results") -> tuple[Json, ...]:
    """Return results as JSON."""
    from interrupt_mcp.execution.history import result_of

    return tuple(result_of(saver.serde.loads_typed(each)) for each in results)


def effects_told(effects: "Sequence[Done]", results: "Sequence[Json]") -> list[JsonObject]:
    """Return the effects as JSON, for whoever goes back to before them; `results` are of those that have one."""
    told = iter(results)
    return [_told(done, None if done.effect.result is None else next(told)) for done in effects]


def _told(done: Done, result: Json) -> JsonObject:
    effect = done.effect
    body: JsonObject = {
        "action": effect.call.name,
        "args": effect.args if effect.args is not None else effect.call.complete,
        "result": result,
        "at": done.at,
        "interrupt_id": effect.interrupt_id,
        "outcome": "done" if effect.status is EffectStatus.DONE else "unknown",
    }
    return {**body, "error": effect.error} if effect.error else body
