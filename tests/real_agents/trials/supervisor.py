"""langgraph-supervisor: the agent that asks stands below another, which goes on with what it says."""

from tests.deciding import decide
from tests.models.provider import Says, calls
from tests.real_agents.packages import Package, Scene
from tests.real_agents.payments import PAID, decide_each, three, told

TO_CLERK = calls(("transfer_to_clerk", {}))
TO_CASHIER = calls(("transfer_to_cashier", {}))
LOOK = calls(("balance", {"account": "main"}))


async def handoffs(scene: Scene) -> None:
    """Two handoffs; an agent below asks for three calls: accepted, edited, rejected; then the supervisor goes on."""
    scene.model.say(
        TO_CLERK, LOOK, Says("There are 100."), TO_CASHIER, three("pay"), Says("Paid two."), Says("All done.")
    )
    run = await scene.door.call("start_run", agent="builder", message="Pay them")
    assert run["status"] == "interrupted", run
    run = await decide_each(scene.door, run)
    assert (run["status"], run["answer"].strip()) == ("success", "All done."), run
    assert sorted(scene.effects) == PAID
    assert "Paid two." in told(scene.model)


async def rejected(scene: Scene) -> None:
    """All is rejected; the next message on the thread is answered, and the agent below asks anew."""
    scene.model.say(TO_CASHIER, calls(("pay", {"to": "Ann", "amount": 1})), Says("No."), Says("Nothing was paid."))
    run = await scene.door.call("start_run", agent="whole", message="Pay Ann")
    run = await decide(scene.door, run, {"type": "reject", "message": "Not today."})
    assert (run["status"], run["answer"].strip()) == ("success", "Nothing was paid."), run
    scene.model.say(TO_CASHIER, calls(("pay", {"to": "Ann", "amount": 2})), Says("Yes."), Says("Ann was paid."))
    run = await scene.door.call("start_run", agent="whole", message="Now pay her 2", thread_id=run["thread_id"])
    run = await decide(scene.door, run, {"type": "accept"})
    assert (run["status"], run["answer"].strip()) == ("success", "Ann was paid."), run
    assert scene.effects.lines == ["paid 2 to Ann"]


PACKAGE = Package("langgraph-supervisor", ("supervised:builder", "supervised:whole"), (handoffs, rejected))
