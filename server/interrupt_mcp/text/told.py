"""What a run tells while it works, as lines for a person: which node or tool began, and what its agent says.

A line is bounded, visible, and without what looks like a secret. It does not know who listens.
"""

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from interrupt_mcp.text.glimpse import glimpse
from interrupt_mcp.text.growing import GrowingText
from interrupt_mcp.text.redaction import line_of, redacted
from interrupt_mcp.text.visible import printable_line, visible

_LONGEST = 300
"""Characters of a line, before what is not seen in it is written as its number."""
_READ = 1000
"""Of what the agent says, how much is looked at: a secret may be longer than what is shown."""


@dataclass(frozen=True, slots=True)
class Began:
    """A node or a tool began."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Wrote:
    """Code of the agent's wrote to its stream."""

    event: object


@dataclass(frozen=True, slots=True)
class Passed:
    """Another process made a line of what a run in it told."""

    line: str


Told: TypeAlias = Began | Wrote | GrowingText | Passed


def line(told: Told) -> str:
    """Return it as a line; empty where there is nothing to be seen of it."""
    match told:
        case Began(name):
            return visible(_cut(line_of(name[:_READ])))
        case Wrote(event):
            return visible(_cut(line_of(glimpse(event, _READ))))
        case Passed(text):
            return printable_line(redacted(text[:_READ]))
        case GrowingText():
            return visible(told.shown(_LONGEST))
        case _ as never:
            assert_never(never)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
