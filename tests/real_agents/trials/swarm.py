"""langgraph-swarm: agents hand over to each other, and the one who had the last word has the next message."""

from tests.deciding import decide
from tests.models.provider import Says, calls
from tests.real_agents.packages import Package, Scene
from tests.real_agents.payments import PAID, decide_each, three, told

TO_CLERK = calls(("transfer_to_clerk", {}))
TO_CASHIER = calls(("transfer_to_cashier", {}))


async def handover(scene: Scene) -> None:
    """A handover in the middle of a message; a tool calls `interrupt()` three times: accepted, edited, rejected."""
    scene.model.say(calls(("balance", {"account": "main"})), TO_CASHIER, three("ask_and_pay"), Says("Paid two."))
    run = await scene.door.call("start_run", agent="swarm", message="Pay them")
    assert run["status"] == "interrupted", run
    run = await decide_each(scene.door, run)
    assert (run["status"], run["answer"].strip()) == ("success", "Paid two."), run
    assert sorted(scene.effects) == PAID
    assert "Cem was paid in cash." in told(scene.model)


async def who_goes_on(scene: Scene) -> None:
    """The next message on the thread goes to whom it was handed over to, and hands back; a new thread begins anew."""
    scene.model.say(TO_CASHIER, Says("Cashier here."))
    run = await scene.door.call("start_run", agent="swarm", message="The cashier, please")
    assert run["output"]["active_agent"] == "cashier", run
    scene.model.say(calls(("ask_and_pay", {"to": "Ann", "amount": 1})), TO_CLERK, Says("Clerk here."))
    run = await scene.door.call("start_run", agent="swarm", message="Pay Ann", thread_id=run["thread_id"])
    run = await decide(scene.door, run, {"type": "accept"})
    assert (run["status"], run["output"]["active_agent"]) == ("success", "clerk"), run
    assert scene.effects.lines == ["paid 1 to Ann"]
    scene.model.say(Says("Clerk here."))
    fresh = await scene.door.call("start_run", agent="swarm", message="Hello")
    assert fresh["answer"].strip() == "Clerk here.", fresh
    assert "balance" in str(scene.model.asked[-1]["tools"])


PACKAGE = Package("langgraph-swarm", ("swarm:swarm",), (handover, who_goes_on))
