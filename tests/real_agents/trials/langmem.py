"""langmem: memories by tools and by extraction, found again on another thread, and nobody else's."""

from typing import Any

from tests.deciding import decide
from tests.models.provider import Says, calls
from tests.real_agents.packages import Package, Scene
from tests.real_agents.payments import asked, told

ANN: dict[str, Any] = {"langgraph_user_id": "ann"}
BEN: dict[str, Any] = {"langgraph_user_id": "ben"}
TEA = "Likes tea without milk."


async def by_tools(scene: Scene) -> None:
    """A memory is asked about by policy and edited; it is found on another thread, and not by another user."""
    scene.model.say(calls(("manage_memory", {"content": "Likes coffee.", "action": "create"})), Says("Kept."))
    run = await scene.door.call("start_run", agent="notes", message="Remember", context=ANN)
    assert asked(run) == [("manage_memory", {"content": "Likes coffee.", "action": "create", "id": None})], run
    args = {**run["interrupts"][0]["requests"][0]["args"], "content": TEA}
    run = await decide(scene.door, run, {"type": "edit", "args": args})
    assert run["answer"].strip() == "Kept.", run
    assert TEA in await _found(scene, "notes", ANN)
    assert TEA not in await _found(scene, "notes", BEN)


async def rejected(scene: Scene) -> None:
    """A memory that is rejected is not kept, and the model hears why."""
    scene.model.say(calls(("manage_memory", {"content": "Is rude.", "action": "create"})), Says("As you wish."))
    run = await scene.door.call("start_run", agent="notes", message="Remember", context=ANN)
    run = await decide(scene.door, run, {"type": "reject", "message": "I am not."})
    assert run["answer"].strip() == "As you wish.", run
    assert "I am not." in told(scene.model)
    assert "Is rude." not in await _found(scene, "notes", ANN)


async def by_extraction(scene: Scene) -> None:
    """What langmem extracts of one thread is kept for its user, with trustcall's graphs within a node."""
    scene.model.say(Says("Noted."), Says("no query"), calls(("Memory", {"content": TEA})), always=Says("Done."))
    run = await scene.door.call("start_run", agent="extracting", message="I like tea without milk", context=ANN)
    assert (run["status"], run["answer"].strip()) == ("success", "Noted."), run
    assert TEA in await _found(scene, "notes", ANN)


async def _found(scene: Scene, agent: str, who: dict[str, Any]) -> str:
    """Return what a new thread of theirs finds."""
    scene.model.forget()
    scene.model.say(calls(("search_memory", {"query": "drinks"})), Says("Looked."))
    run = await scene.door.call("start_run", agent=agent, message="What do I drink?", context=who)
    assert run["answer"].strip() == "Looked.", run
    return told(scene.model)


PACKAGE = Package(
    "langmem",
    ("remembering:notes", "remembering:extracting"),
    (by_tools, rejected, by_extraction),
    needs="the user as `context` of `start_run`: `langgraph_user_id`",
    policy='[agents.notes.tools."manage_memory"]\nsensitive = true\n',
)
