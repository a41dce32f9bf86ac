"""Runs that are asked about several calls together, as tests start, read and decide them."""

from typing import Any

from tests.deciding import decision


def asked(run: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What the one interrupt of the run asks about, in order."""
    (interrupt,) = run["interrupts"]
    assert [request["index"] for request in interrupt["requests"]] == list(range(len(interrupt["requests"])))
    return [(request["action"], request["args"]) for request in interrupt["requests"]]


def about(run: dict[str, Any], *words: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A decision about each request of the one interrupt, in their order."""
    (interrupt,) = run["interrupts"]
    return [decision(interrupt, type_, index=index, **more) for index, (type_, more) in enumerate(words)]


ANN = ("pay", {"to": "ann", "amount": 5})
BOB = ("pay", {"to": "bob", "amount": 5})
DISK = ("wipe", {"disk": "c"})
