"""deepagents: subagents that ask, files of a thread and files that last, writing that a person is asked about."""

from collections.abc import Mapping
from typing import Any

from tests.deciding import decide
from tests.guides.transcript import follow, tables
from tests.models.provider import Reply, Says, calls
from tests.printed import DOCS
from tests.real_agents.packages import Package, Scene
from tests.real_agents.payments import PAID, asked, decide_each, three, told

_READ_PLAN = calls(("read_file", {"file_path": "/plan.md"}))
_PLAN = {"file_path": "/plan.md", "content": "Pay Ann."}


async def subagent(scene: Scene) -> None:
    """A subagent asks for three calls: accepted, edited, rejected; the agent above goes on with what it says."""
    to_cashier = calls(("task", {"description": "Pay them.", "subagent_type": "cashier"}))
    scene.model.say(to_cashier, three("pay"), Says("Paid two."), Says("All done."))
    run = await scene.door.call("start_run", agent="subagents", message="Pay them")
    assert [args["to"] for _, args in asked(run)] == ["Ann", "Ben", "Cem"], run
    run = await decide_each(scene.door, run)
    assert (run["status"], run["answer"].strip()) == ("success", "All done."), run
    assert sorted(scene.effects) == PAID
    assert "Paid two." in told(scene.model)


async def side_by_side(scene: Scene) -> None:
    """Three subagents at once, each asks for one call: accepted, edited, rejected, all in one answer."""
    payees = ("Ann", "Ben", "Cem")
    scene.model.say(calls(*(("task", _task(payee)) for payee in payees)))
    scene.model.choose = _as_a_cashier
    run = await scene.door.call("start_run", agent="subagents", message="Pay them")
    assert sorted(args["to"] for _, args in asked(run)) == ["Ann", "Ben", "Cem"], run
    run = await decide_each(scene.door, run)
    assert (run["status"], run["answer"].strip()) == ("success", "All done."), run
    assert sorted(scene.effects) == PAID


async def files(scene: Scene) -> None:
    """Writing a file is asked about and edited; the next message on the thread reads it, another thread does not."""
    scene.model.say(calls(("write_file", _PLAN)), Says("Written."))
    run = await scene.door.call("start_run", agent="files", message="Write a plan")
    assert asked(run) == [("write_file", _PLAN)], run
    run = await decide(scene.door, run, {"type": "edit", "args": {**_PLAN, "content": "Pay Ben."}})
    assert run["answer"].strip() == "Written.", run
    scene.model.say(_READ_PLAN, Says("Read."))
    await scene.door.call("start_run", agent="files", message="Read the plan", thread_id=run["thread_id"])
    assert "Pay Ben." in told(scene.model)
    scene.model.say(_READ_PLAN, Says("Read."))
    await scene.door.call("start_run", agent="files", message="Read the plan")
    assert "Pay Ben." not in told(scene.model)


async def lasting(scene: Scene) -> None:
    """A file in the agent's memory, with `StoreBackend`, is read on another thread."""
    scene.model.say(calls(("write_file", {**_PLAN, "file_path": "/memories/tea.md"})), Says("Written."))
    run = await scene.door.call("start_run", agent="lasting", message="Remember")
    assert run["status"] == "success", run
    scene.model.say(calls(("read_file", {"file_path": "/memories/tea.md"})), Says("Read."))
    run = await scene.door.call("start_run", agent="lasting", message="What do you know?")
    assert run["answer"].strip() == "Read.", run
    assert "Pay Ann." in told(scene.model)


async def claude(scene: Scene) -> None:
    """A model that speaks Anthropic's API, as deepagents takes by itself: accepted, edited, rejected."""
    scene.model.say(three("pay"), Says("Done."))
    run = await scene.door.call("start_run", agent="claude", message="Pay them")
    assert [args["to"] for _, args in asked(run)] == ["Ann", "Ben", "Cem"], run
    run = await decide_each(scene.door, run)
    assert (run["status"], run["answer"].strip()) == ("success", "Done."), run
    assert sorted(scene.effects) == PAID
    assert "Cem was paid in cash." in told(scene.model)


async def guide(scene: Scene) -> None:
    """The guide for deep agents, followed: a subagent's call is edited, a file of the agent above is accepted."""
    scene.model.say(
        calls(("task", _task("Ann"))),
        calls(("pay", {"to": "Ann", "euros": 10})),
        Says("Paid."),
        calls(("write_file", {"file_path": "/notes.md", "content": "Paid Ann."})),
        Says("All done."),
    )
    (rows,) = tables(DOCS / "guides" / "deepagents.md")
    runs = await follow(scene.door, rows)
    assert [run["status"] for run in runs] == ["interrupted", "interrupted", "success"], runs
    assert "paid 5 euros to Ann" in str(scene.model.asked)


def _task(payee: str) -> dict[str, str]:
    return {"description": f"Pay {payee}.", "subagent_type": "cashier"}


def _as_a_cashier(asked: Mapping[str, Any]) -> Reply:
    """Say what the model says that is asked, by whose conversation it is: a cashier's, or that of the agent above."""
    messages = asked["messages"]
    words = str(messages[1]["content"])
    if not words.startswith("Pay ") or words == "Pay them":
        return Says("All done.")
    if any(message["role"] == "tool" for message in messages):
        return Says("Done.")
    return calls(("pay", {"to": words.removeprefix("Pay ").removesuffix("."), "amount": 10}))


PACKAGE = Package(
    "deepagents",
    ("deep:subagents", "deep:files", "deep:lasting", "deep:claude"),
    (subagent, side_by_side, files, lasting, claude, guide),
    guide="deepagents",
)
