"""trustcall: a model's mistakes are patched within a node, and a person sees the outcome."""

from tests.deciding import decide
from tests.models.provider import calls
from tests.real_agents.packages import Package, Scene

RIGHT = calls(("Order", {"item": "teapot", "count": 2}))
WRONG = calls(("Order", {"item": "teapot", "count": 0}))
PATCH = ("PatchFunctionErrors", "PatchDoc")


async def extracted(scene: Scene) -> None:
    """What is extracted in a node is asked about, changed by the person, and done once."""
    scene.model.say(RIGHT)
    run = await scene.door.call("start_run", agent="orders", message="Two teapots")
    assert run["interrupts"][0]["value"] == {"item": "teapot", "count": 2}, run
    run = await decide(scene.door, run, {"type": "respond", "value": {"item": "teapot", "count": 3}})
    assert (run["status"], run["output"]["order"]["count"]) == ("success", 3), run
    assert scene.effects.lines == ["ordered 3 teapot"]


PACKAGE = Package("trustcall", ("extracting:orders",), (extracted,))
