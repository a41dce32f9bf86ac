"""A person at a client that shows forms: what they are shown, and what they do with it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp_types import ElicitRequestFormParams, ElicitResult

Do = Callable[[ElicitRequestFormParams], ElicitResult | Awaitable[ElicitResult]]


def fill_in(decision: str, **fields: Any) -> Do:
    """Fill the form in and send it off; fields that are not named stay as they are shown."""

    def do(form: ElicitRequestFormParams) -> ElicitResult:
        shown = {name: each["default"] for name, each in properties(form).items() if "default" in each}
        return ElicitResult(action="accept", content={**shown, "decision": decision, **fields})

    return do


def send(content: Mapping[str, Any] | None) -> Do:
    """Send off just this."""
    return lambda _form: ElicitResult(action="accept", content=None if content is None else dict(content))


def decline(_form: ElicitRequestFormParams) -> ElicitResult:
    return ElicitResult(action="decline")


def cancel(_form: ElicitRequestFormParams) -> ElicitResult:
    return ElicitResult(action="cancel")


async def do_nothing(_form: ElicitRequestFormParams) -> ElicitResult:
    await anyio.sleep_forever()
    raise AssertionError


def properties(form: ElicitRequestFormParams) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = form.requested_schema["properties"]
    return found


@dataclass
class Person:
    """Does with each form what its text calls for: the first of `reactions` whose words are in it, else `otherwise`."""

    reactions: Mapping[str, Do] = field(default_factory=dict)
    otherwise: Do = decline
    forms: list[ElicitRequestFormParams] = field(default_factory=list)
    """What was shown so far."""
    open_now: int = 0
    most_open: int = 0

    @property
    def texts(self) -> list[str]:
        return [form.message for form in self.forms]

    async def __call__(self, _context: Any, form: Any) -> ElicitResult:
        self.forms.append(form)
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            for words, reaction in self.reactions.items():
                if words in form.message:
                    return await _done(reaction(form))
            return await _done(self.otherwise(form))
        finally:
            self.open_now -= 1


async def _done(made: ElicitResult | Awaitable[ElicitResult]) -> ElicitResult:
    return made if isinstance(made, ElicitResult) else await made
