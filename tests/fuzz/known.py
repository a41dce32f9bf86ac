"""What the fuzz has seen so far: ids of runs, threads, interrupts, checkpoints, cursors and sealed states."""

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

_MOST = 200


def _some() -> "deque[Any]":
    return deque(maxlen=_MOST)


@dataclass
class Known:
    """Shared by all hands, so that each uses what belongs to another."""

    seen: dict[str, "deque[Any]"] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Thread by run that was acknowledged."""
    agents: dict[str, str] = field(default_factory=dict)
    """Agent by thread."""

    def keep(self, kind: str, value: Any) -> None:
        self.seen.setdefault(kind, _some()).append(value)

    def one(self, rng: random.Random, kind: str) -> Any:
        """One of that kind, mostly a late one; `None` where there is none yet."""
        found = self.seen.get(kind)
        if not found:
            return None
        return found[-1 - int(len(found) * rng.random() ** 2)]

    def learn(self, value: Any) -> None:
        """Take from a result what can be used later."""
        if isinstance(value, list):
            for each in value:
                self.learn(each)
        if not isinstance(value, dict):
            return
        if {"run_id", "thread_id", "status", "agent"} <= value.keys() and "interrupt_id" not in value:
            self.acknowledged[value["run_id"]] = value["thread_id"]
            self.agents[value["thread_id"]] = value["agent"]
        for name in ("run_id", "thread_id", "checkpoint_id", "next_cursor", "digest", "interrupt_id", "code"):
            if isinstance(value.get(name), str):
                self.keep(name, value[name])
        if "interrupt_id" in value and "requests" in value:
            self.keep("interrupt", value)
        for name in ("interrupts", "runs", "checkpoints"):
            self.learn(value.get(name))
