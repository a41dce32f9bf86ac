"""Questions as agents ask them, hostile ones too, and the forms that are made of them."""

import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from interrupt_mcp import dialects
from interrupt_mcp.authority import this_user
from interrupt_mcp.forms import Form, form_of
from interrupt_mcp.model import (
    Ask,
    Call,
    Decision,
    Interrupt,
    InterruptId,
    InterruptStatus,
    Json,
    Question,
    RunId,
    ThreadId,
)

PAY = Call("tools:1", "m", 0, "c", "pay", {"to": "bob"})
ELSEWHERE = "It can also be decided in a terminal: interrupt-mcp review A7"
HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\n\r\t\x00\x1b\x7f\x85\u00a0\u200b\u200d\u202e\u2066\u2028\ufeff\ufe0f\U000e0041\ud800|>-#`[]()<"
        ),
    ),
    max_size=60,
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3),
    max_leaves=8,
)
ARGS = st.dictionaries(st.one_of(st.sampled_from(["to", "amount", "body"]), HOSTILE), JSON, max_size=4)
OURS = re.compile(r"^[A-Z-]")
"""How each line of the form's own begins."""


def interrupt(value: Json, **known: Any) -> Interrupt:
    return of(dialects.read(Ask("1", value, **known)))


def of(question: Question, agent: str = "desk", thread: str = "t") -> Interrupt:
    return Interrupt(
        InterruptId("f" * 32),
        "A7",
        RunId("r"),
        ThreadId(thread),
        agent,
        this_user().principal,
        InterruptStatus.PENDING,
        question,
        "d" * 64,
        datetime.now(UTC),
    )


def tool_call(args: Any, action: str = "send", description: str = "") -> Interrupt:
    return interrupt({"action": action, "args": args, "description": description})


def form(of_what: Interrupt, proposal: Decision | None = None) -> Form:
    made = form_of(of_what, of_what.wanted[0], ELSEWHERE, proposal)
    assert made is not None
    return made


def quoted(message: str) -> str:
    """All that is not ours, unbroken."""
    lines = [line for line in message.split("\n") if line.startswith("    ")]
    return "\n".join(line[6:] for line in lines).replace("\n    ↳ ", "")


def properties(made: Form) -> dict[str, Any]:
    found: Any = made.schema["properties"]
    return dict(found)


def shown(made: Form) -> dict[str, Any]:
    return {name: each["default"] for name, each in properties(made).items() if "default" in each}
