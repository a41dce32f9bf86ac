"""The tools that all these agents have: one looks, one pays, and one asks by itself before it pays."""

from typing import Any

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.types import interrupt

from tests.scripted import effect


def model() -> ChatOpenAI:
    """Return the model at the address that OPENAI_BASE_URL has."""
    return ChatOpenAI(model="gpt-4o", max_retries=0)


@tool
def balance(account: str) -> str:
    """Say how much is on an account."""
    return f"There are 100 on the account {account}."


@tool
def pay(to: str, amount: int) -> str:
    """Pay an amount to somebody."""
    effect(f"paid {amount} to {to}")
    return f"Paid {amount} to {to}."


@tool
def ask_and_pay(to: str, amount: int) -> str:
    """Pay an amount to somebody, once a person has agreed."""
    answer: dict[str, Any] = interrupt({"to": to, "amount": amount})
    assert answer["type"] == "accept", answer
    effect(f"paid {amount} to {to}")
    return f"Paid {amount} to {to}."
