"""A thread's past, as a client sees it."""

from typing import Any

from tests.conftest import Door


async def checkpoints(door: Door, thread_id: str, page_size: int = 100) -> list[dict[str, Any]]:
    """Return all checkpoints of the thread, newest first, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        before = {"before": found[-1]["checkpoint_id"]} if found else {}
        page = (await door.call("get_thread", thread_id=thread_id, limit=page_size, **before))["checkpoints"]
        found += page
        if len(page) < page_size:
            return found


async def before(door: Door, thread_id: str, *nodes: str) -> str:
    """Return the latest checkpoint from which just these nodes run next."""
    for checkpoint in await checkpoints(door, thread_id):
        if checkpoint["next"] == list(nodes):
            return str(checkpoint["checkpoint_id"])
    raise AssertionError(f"no checkpoint before {nodes}")


async def decide(door: Door, run: dict[str, Any], *types: str, **more: Any) -> dict[str, Any]:
    """Deliver one decision for each open request, in their order, and return the run after them."""
    wanted = [(i["interrupt_id"], r["index"]) for i in run["interrupts"] for r in i["requests"]]
    decisions = [
        {"interrupt_id": id_, "index": index, "type": type_, **(more if type_ != "accept" else {})}
        for (id_, index), type_ in zip(wanted, types, strict=True)
    ]
    return await door.call("resume_run", run_id=run["run_id"], decisions=decisions)


def actions(run: dict[str, Any]) -> list[str]:
    """Return what the run asks about, sorted."""
    return sorted(request["action"] for interrupt in run["interrupts"] for request in interrupt["requests"])
