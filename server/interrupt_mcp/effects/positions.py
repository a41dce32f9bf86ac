"""The position of each tool call in its message. It knows no records beyond whose position was whose.

Ids of tool calls repeat, between messages and within one, so a call is known by message, position and id together.
"""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from langchain_core.messages import ToolCall

from interrupt_mcp.model import Call

Assigned = dict[int, tuple[object, str, int]]
"""Of one attempt of a task: each call's own runtime, by identity, with the call's message and position."""


class Positions:
    """The positions of all calls of a drive."""

    def __init__(self, calls: Iterable[Call]) -> None:
        """Begin with the `calls` that were told apart in earlier drives."""
        self._tasks = {(call.message_id, call.call_id, call.position): call.ns for call in calls}
        """The task that makes a call, by what is known of the call."""
        self._guard = threading.Lock()

    def assign(
        self, ns: str, assigned: Assigned, runtime: object, call: ToolCall, message_id: str, siblings: Sequence[Any]
    ) -> int:
        """Return the call's position among its siblings: the one it had before, or the first that is no other call's.

        `ns` is the namespace of the task that makes the call, and `siblings` are all calls of the message, with itself.
        """
        with self._guard:
            if known := assigned.get(id(runtime)):
                return known[2]
            taken = {position for _, message, position in assigned.values() if message == message_id}
            named = [position for position, other in enumerate(siblings) if other["id"] == call["id"]]
            alike = [position for position in named if _alike(siblings[position], call)]
            position = self._first(ns, (message_id, call["id"] or ""), [*alike, *named], taken)
            if position is None:
                # Where the message is not seen, all that is known of two calls with one id is that they are two.
                position = (alike or named)[0] if message_id else max(taken, default=-1) + 1
            assigned[id(runtime)] = (runtime, message_id, position)
            self._tasks.setdefault((message_id, call["id"] or "", position), ns)
            return position

    def _first(self, ns: str, name: tuple[str, str], positions: list[int], taken: set[int]) -> int | None:
        tasks = {position: self._tasks.get((*name, position)) for position in positions if position not in taken}
        own = (position for position, task in tasks.items() if task == ns)
        return next(own, next((position for position, task in tasks.items() if task is None), None))


def _alike(one: ToolCall, other: ToolCall) -> bool:
    return one["name"] == other["name"] and one["args"] == other["args"]
