"""Previews as an operator writes them, for tools as they are; most of them are not as they should be."""

import sys
import threading
from typing import Any

from langgraph.types import interrupt

from tests.previews.agents import paying
from tests.scripted import effect


def words(**args: Any) -> str:
    return f"told of {sorted(args.items())}"


def other_words(**_args: Any) -> str:
    return "other words"


def balance(to: str, amount: float) -> dict[str, Any]:
    return {"name": f"account of {to}", "before": {"balance": 100.0}, "after": {"balance": 100.0 + amount}}


def accounts(to: str, amount: float) -> list[dict[str, Any]]:
    return [{"account": to, "change": amount}, {"account": "ours", "change": -amount, "note": "fee\nfree"}]


def nothing(**_args: Any) -> None:
    return None


def raises(**_args: Any) -> str:
    raise ValueError("no such account, token=abcdef123456")


def exits(**_args: Any) -> str:
    sys.exit("leaving")


def interrupts(**_args: Any) -> Any:
    return interrupt("may I?")


def is_rubbish(**_args: Any) -> Any:
    return 5


def is_half_a_change(**_args: Any) -> Any:
    return {"before": "a"}


def is_no_table(**_args: Any) -> Any:
    return [{"a": 1}, "b"]


def takes_other(account: str) -> str:
    return account


class Unspeakable(Exception):
    def __str__(self) -> str:
        sys.exit("not to be read")


def raises_unspeakably(**_args: Any) -> str:
    raise Unspeakable


def makes_the_call(to: str, amount: float) -> Any:
    return paying.pay.invoke({"to": to, "amount": amount})


async def makes_the_call_in_an_agent(**_args: Any) -> Any:
    return str(await paying.pays.ainvoke({"messages": [("user", "go")]}))


def makes_a_marked_call(**_args: Any) -> Any:
    return paying.send.invoke({"to": "ann"})


def hangs(**_args: Any) -> str:
    effect("hangs")
    threading.Event().wait()
    return "never"


def prints(**_args: Any) -> str:
    print("{} this is no message of the protocol")
    sys.stdout.flush()
    return "printed"


def huge(**_args: Any) -> str:
    return "é" * 1_000_000


def huge_table(**_args: Any) -> list[dict[str, int]]:
    return [{f"column {number}": row for number in range(30)} for row in range(5_000)]


def huge_change(**_args: Any) -> dict[str, str]:
    lines = [f"line {number}" for number in range(40_000)]
    return {"before": "\n".join(lines), "after": "\n".join([*lines[:30_000], "a new line", *lines[30_000:]])}


def sly(to: str, amount: float) -> str:
    return f"pays {to}\u202e yltsenoh\nWhat to do:\n- accept: nothing happens"


def halves(**_args: Any) -> str:
    return "half \ud83d"


is_no_function = "text"
