"""Three payments that a model makes in one turn, of which a person accepts one, edits one and rejects one."""

from typing import Any

from tests.conftest import Door
from tests.deciding import decide, requests
from tests.models.provider import Calls, Provider, calls

PAYEES = ("Ann", "Ben", "Cem")
PAID = ["paid 10 to Ann", "paid 5 to Ben"]
"""What is really paid in the end."""


def three(tool: str) -> Calls:
    """Return the model's turn."""
    return calls(*((tool, {"to": payee, "amount": 10}) for payee in PAYEES))


def asked(run: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return actions and arguments of all that the run asks, in order."""
    return [(request["action"], request["args"]) for _, request in requests(run)]


async def decide_each(door: Door, run: dict[str, Any]) -> dict[str, Any]:
    """Accept what is for Ann, have Ben get 5, reject what is for Cem, and return the run after it."""
    words: dict[str, dict[str, Any]] = {
        "Ann": {"type": "accept"},
        "Ben": {"type": "edit", "args": {"to": "Ben", "amount": 5}},
        "Cem": {"type": "reject", "message": "Cem was paid in cash."},
    }
    return await decide(
        door,
        run,
        *(
            {"interrupt_id": interrupt["interrupt_id"], "index": request["index"], **words[request["args"]["to"]]}
            for interrupt, request in requests(run)
        ),
    )


def told(model: Provider) -> str:
    """Return all that the model was sent when it was last asked, as text."""
    return str(model.asked[-1]["messages"])
