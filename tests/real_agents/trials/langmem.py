"""langmem: memories by tools and by extraction, found again on another thread, and nobody else's."""

from typing import Any

from tests.deciding import decide
from tests.models.provider import Says, calls
from tests.real_agents.packages import Package, Scene
from tests.real_agents.payments import asked, told

_ANN: dict[str, Any] = {"context": {"langgraph_user_id": "ann"}}
_BEN: dict[str, Any] = {"context": {"langgraph_user_id": "ben"}}
_TEA = "Likes tea without milk."
_MILK = "Likes milk without tea."


async def edited(scene: Scene) -> None:
    """A memory that policy has asked about is edited, and found on another thread as the person wrote it."""
    scene.model.say(_keep("Likes coffee."), Says("Kept."))
    run = await scene.door.call("start_run", agent="notes", message="Remember")
    ((action, args),) = asked(run)
    assert (action, args["content"]) == ("manage_memory", "Likes coffee."), run
    run = await decide(scene.door, run, {"type": "edit", "args": {**args, "content": _TEA}})
    assert run["answer"].strip() == "Kept.", run
    found = await _found(scene, "notes")
    assert _TEA in found
    assert "Likes coffee." not in found


async def rejected(scene: Scene) -> None:
    """A memory that is rejected is not kept, and the model hears why."""
    scene.model.say(_keep("Is rude."), Says("As you wish."))
    run = await scene.door.call("start_run", agent="notes", message="Remember")
    run = await decide(scene.door, run, {"type": "reject", "message": "I am not."})
    assert run["answer"].strip() == "As you wish.", run
    assert "I am not." in told(scene.model)
    assert "Is rude." not in await _found(scene, "notes")


async def extracted(scene: Scene) -> None:
    """What langmem extracts in a node is found on another thread."""
    scene.model.say(Says("Noted."), calls(("Memory", {"content": _MILK})))
    run = await scene.door.call("start_run", agent="extracting", message="I like milk without tea")
    assert (run["status"], run["answer"].strip()) == ("success", "Noted."), run
    assert _MILK in await _found(scene, "reader")


async def of_a_user(scene: Scene) -> None:
    """Memories of a user, who is the run's `context`: found on another thread of theirs, and by nobody else."""
    scene.model.say(_keep(_TEA), Says("Kept."))
    await scene.door.call("start_run", agent="diary", message="Remember", **_ANN)
    assert _TEA in await _found(scene, "diary", **_ANN)
    assert _TEA not in await _found(scene, "diary", **_BEN)


def _keep(content: str) -> Any:
    return calls(("manage_memory", {"content": content, "action": "create"}))


async def _found(scene: Scene, agent: str, **who: Any) -> str:
    """Return what is found on a new thread."""
    scene.model.forget()
    scene.model.say(calls(("search_memory", {"query": "drinks"})), Says("Looked."))
    run = await scene.door.call("start_run", agent=agent, message="What do I drink?", **who)
    assert run["answer"].strip() == "Looked.", run
    return told(scene.model)


PACKAGE = Package(
    "langmem",
    ("remembering:notes", "remembering:diary", "remembering:reader", "remembering:extracting"),
    (edited, rejected, extracted, of_a_user),
    needs="`context` of `start_run` with `langgraph_user_id`, where memories are of a user",
    policy='[agents.notes.tools."manage_memory"]\nsensitive = true\n',
)
