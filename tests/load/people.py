"""Those who use the server: each has a thread, starts a run, waits, decides, waits for the end, and begins again."""

import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import anyio

from tests.chaos.agents import AMOUNT
from tests.load.wire import Caller, Full, Latencies, Refused

_TURNS = 10
"""Runs on one thread, before another one is begun."""
_WAIT = 25
_EDITED = 7


@dataclass
class Word:
    """One decision, when it was sent, and the amounts that must have been acted on because of it."""

    sent: float
    amounts: list[int]


@dataclass
class Journal:
    """What people did and were told."""

    rng: random.Random
    latencies: Latencies = field(default_factory=lambda: Latencies(list))
    started: dict[str, float] = field(default_factory=dict)
    """When the start was sent that was taken, by the run's key."""
    words: dict[str, Word] = field(default_factory=dict)
    """Decisions that were acknowledged."""
    kinds: Counter[str] = field(default_factory=Counter)
    cycles: Counter[str] = field(default_factory=Counter)
    """Runs that came to their end, by person."""
    busy: list[int] = field(default_factory=list)
    """After how many seconds those who were refused were told to try again."""
    full: int = 0
    odd: list[str] = field(default_factory=list)
    """What no client should ever see."""


class Person:
    """One who uses the server, on a client that others may use as well."""

    def __init__(
        self, name: str, agent: str, caller: Caller, journal: Journal, over: anyio.Event, *, wait: int
    ) -> None:
        """`wait` is how many seconds a start and a decision wait for the run: 0 for agents that take long."""
        self._name = name
        self._agent = agent
        self._caller = caller
        self._journal = journal
        self._over = over
        self._wait = wait

    async def carry_on(self) -> None:
        """Have one run after another, until it is over."""
        journal, number = self._journal, 0
        while not self._over.is_set():
            key = f"{self._name}-{number}"
            try:
                await self._have_run(key, f"{self._name}-{number // _TURNS}")
                journal.cycles[self._name] += 1
            except Exception as error:  # noqa: BLE001  whatever it is, it is told
                journal.odd.append(f"{key}: {type(error).__name__}: {error}")
                await anyio.sleep(1)
            number += 1

    async def _have_run(self, key: str, thread_id: str) -> None:
        message = json.dumps({"turns": [[key]]})
        start = {"agent": self._agent, "message": message, "thread_id": thread_id, "idempotency_key": key}
        run = await self._while_it_goes_on(await self._started(key, start))
        if run["status"] != "interrupted":
            raise AssertionError(f"the run did not ask: {run}")
        decision, amounts = self._decision(key)
        sent = time.time()
        run = await self._patiently("resume_run", run_id=run["run_id"], decisions=[decision], wait_seconds=self._wait)
        self._journal.words[key] = Word(sent, amounts)
        self._journal.kinds[decision["type"]] += 1
        run = await self._while_it_goes_on(run)
        if run["status"] != "success":
            raise AssertionError(f"the run did not come to its end: {run}")

    async def _started(self, key: str, start: dict[str, Any]) -> dict[str, Any]:
        while True:
            self._journal.started[key] = time.time()
            try:
                return await self._patiently("start_run", **start, wait_seconds=self._wait)
            except Refused as refused:
                told = re.search(r"Nothing was done; try again after (\d+) second", str(refused))
                if refused.code != "busy" or told is None:
                    raise
                self._journal.busy.append(int(told[1]))
                await anyio.sleep(int(told[1]) * self._journal.rng.uniform(1, 1.5))

    async def _while_it_goes_on(self, run: dict[str, Any]) -> dict[str, Any]:
        while run["status"] in ("pending", "running"):
            run = await self._patiently("get_run", run_id=run["run_id"], wait_seconds=_WAIT)
        return run

    async def _patiently(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The answer, however often the server says that it is full."""
        while True:
            try:
                return await self._caller.call(tool, **arguments)
            except Full as full:
                self._journal.full += 1
                await anyio.sleep(int(full.retry_after))

    def _decision(self, key: str) -> tuple[dict[str, Any], list[int]]:
        """What is decided, and the amounts that are acted on because of it."""
        kind = self._journal.rng.choice(("accept", "edit", "reject"))
        if kind == "edit":
            return {"type": kind, "args": {"key": key, "amount": _EDITED}}, [_EDITED]
        return {"type": kind}, [AMOUNT] if kind == "accept" else []
