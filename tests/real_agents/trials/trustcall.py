"""trustcall: a model's mistakes are patched within a node, and a person sees the outcome."""

from typing import Any

from tests.deciding import decide
from tests.models.provider import Calls, calls
from tests.real_agents.packages import Package, Scene

_MADE = "call_0"
"""The id of the tool call that is to be patched."""


async def patched(scene: Scene) -> None:
    """A form that the model filled in wrongly is patched, asked about, changed by the person, and filed once."""
    scene.model.say(calls(("Order", {"item": "teapot", "count": 0})), _patch("PatchFunctionErrors", _MADE, 2))
    run = await scene.door.call("start_run", agent="orders", message="Two teapots")
    assert asks(run) == {"item": "teapot", "count": 2}, run
    run = await decide(scene.door, run, {"type": "respond", "value": {"item": "teapot", "count": 3}})
    assert (run["status"], run["output"]["order"]["count"]) == ("success", 3), run
    assert scene.effects.lines == ["ordered 3 teapot"]


async def updated(scene: Scene) -> None:
    """The next message on the thread changes the form that is there, and the person is asked about the new one."""
    scene.model.say(calls(("Order", {"item": "teapot", "count": 1})), _patch("PatchDoc", "Order", 5))
    run = await scene.door.call("start_run", agent="orders", message="A teapot")
    run = await decide(scene.door, run, {"type": "respond", "value": asks(run)})
    run = await scene.door.call("start_run", agent="orders", message="No, five", thread_id=run["thread_id"])
    assert asks(run) == {"item": "teapot", "count": 5}, run
    await decide(scene.door, run, {"type": "respond", "value": asks(run)})
    assert scene.effects.lines == ["ordered 1 teapot", "ordered 5 teapot"]


def asks(run: dict[str, Any]) -> Any:
    """Return what the run shows to the person."""
    return run["interrupts"][0]["value"] if run["interrupts"] else run


def _patch(tool: str, document: str, count: int) -> Calls:
    edit = {"op": "replace", "path": "/count", "value": count}
    return calls((tool, {"json_doc_id": document, "planned_edits": "the count", "patches": [edit]}))


PACKAGE = Package("trustcall", ("extracting:orders",), (patched, updated))
