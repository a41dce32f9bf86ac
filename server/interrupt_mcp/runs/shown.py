"""What a thread is shown with: its graph, and what was done on it. It knows no caller."""

from typing import TYPE_CHECKING, Any

from interrupt_mcp.model import Drawing, EffectStatus, JsonObject
from interrupt_mcp.store.records import Done

if TYPE_CHECKING:
    from interrupt_mcp.store.port import Checkpoints


def drawn(graph: Any, standing: tuple[str, ...]) -> tuple[str, Drawing]:
    """Return the graph in Mermaid and as a drawing, with where the thread stands."""
    from interrupt_mcp.execution import history
    from interrupt_mcp.execution.drawing import drawing_of

    return history.diagram(graph, standing), drawing_of(graph, standing)


def effect_told(saver: "Checkpoints", done: Done) -> JsonObject:
    """Return an effect as JSON, for whoever goes back to before it."""
    from interrupt_mcp.execution.history import result_of

    effect = done.effect
    body: JsonObject = {
        "action": effect.call.name,
        "args": effect.args if effect.args is not None else effect.call.complete,
        "result": None if effect.result is None else result_of(saver.serde.loads_typed(effect.result)),
        "at": done.at,
        "interrupt_id": effect.interrupt_id,
        "outcome": "done" if effect.status is EffectStatus.DONE else "unknown",
    }
    return {**body, "error": effect.error} if effect.error else body
