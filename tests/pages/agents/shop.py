"""A shop whose tools ask before they act. Which are called stands in the message, as the offline model reads it."""

import json
from typing import Any

from langchain.agents import create_agent
from langchain.tools import tool

from interrupt_mcp import sensitive
from interrupt_mcp_agents.offline import OfflineModel
from tests.scripted import effect


@tool
@sensitive
def order(count: int, price: float, gift: bool, note: str, number: str, weight: float, voucher: int | None) -> str:
    "Order something."
    given = [count, price, gift, note, number, weight, voucher]
    effect(json.dumps(given))
    return f"ordered {count}"


@tool
@sensitive
def pack(size: int, parts: list[str]) -> str:
    "Pack parts into a box."
    effect(f"packed {json.dumps([size, parts])}")
    return f"packed {len(parts)}"


@tool
@sensitive
def write(text: str) -> str:
    "Write a letter."
    effect(f"wrote {text}")
    return f"wrote {text}"


@tool
def pay(amount: int) -> str:
    "Pay; policy says what this is."
    effect(f"paid {amount}")
    return f"paid {amount}"


@tool
@sensitive
def send(parcel: str) -> str:
    "Send a parcel, of which nobody hears whether it came."
    effect(f"sent {parcel}")
    raise RuntimeError("the line went dead")


graph: Any = create_agent(OfflineModel(), [order, pack, write, pay, send])
