"""People who start runs and decide what those ask, through whichever process answers, again and again on few threads.

Each decides for itself and at random; what it was told is in the journal.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import anyio

from tests.chaos.agents import SILENT
from tests.chaos.journal import Journal, Started, Word
from tests.chaos.servers import Gone, Refused, Server, Servers

EXPECTED = {
    "already_decided",
    "superseded",
    "stale_digest",
    "run_finished",
    "thread_busy",
    "thread_interrupted",
    "unavailable",
    "invalid_decision",
    "not_allowed",
}
"""What somebody may be told who is late, or whose process has no disk."""
DIED = "process_died"
"""What is told of a run with which one process after another died where it stood: whoever wants tries it again."""
PARTS = {"supervised": (".x", ".y"), "ordering": (".f",)}
"""What a decided call asks about besides, by how its keys end."""
_HUNGER = (
    "MemoryError",
    "can't start new thread",
    "failed to map segment",
    "Cannot allocate memory",
    "not enough memory",
)
_FINAL = ("success", "error", "cancelled")


def is_hunger(told: str) -> bool:
    """Whether it is told of a process that got no more memory."""
    return any(word in told for word in _HUNGER)


@dataclass
class Thread:
    """A conversation with one agent, and how many runs it had."""

    thread_id: str
    agent: str
    turns: int = 0


class Person:
    """One person, with a random mind of its own."""

    def __init__(self, servers: Servers, journal: Journal, rng: random.Random, races: float = 0.0) -> None:
        """`races` is how probable it is that it cancels a run as it decides on it."""
        self._servers = servers
        self._journal = journal
        self._rng = rng
        self._races = races
        self.agreeable = False
        """Whether it accepts all there is, and cancels nothing."""

    async def converse(self, thread: Thread, calls: int | None = None) -> dict[str, Any]:
        """One run on the thread, from its start to its end."""
        run_id = await self._start(thread, calls)
        return await self.finish(run_id)

    async def finish(self, run_id: str) -> dict[str, Any]:
        """Decide whatever the run asks, until it ends."""
        while True:
            run = await self._ask("get_run", run_id=run_id, wait_seconds=self._rng.choice([0, 1, 5]))
            if run is None:
                continue
            if run["status"] == "error" and (ended := self._unlucky(run["error"])) is not None:
                ended.add(run_id)
                await self._ask("resume_run", run_id=run_id, wait_seconds=0)
                continue
            if run["status"] in _FINAL:
                return run
            if not self.agreeable and self._rng.random() < 0.02:
                await self._cancel(run_id)
            elif run["interrupts"]:
                await self._decide(run)

    def _unlucky(self, error: dict[str, str]) -> set[str] | None:
        """Among which runs it is that ended with this error; `None` where it was for its agent to end so."""
        if error["code"] == DIED:
            return self._journal.died
        return self._journal.hungry if is_hunger(error["message"]) else None

    async def rush(self, thread: Thread, number: int) -> dict[str, Any]:
        """One run, whose start comes so many times at once, to any process; from its start to its end."""
        thread.turns += 1
        key = f"{thread.thread_id}.{thread.turns}"
        keys, given = self._plan(thread.agent, key, None)
        start = {"agent": thread.agent, "thread_id": thread.thread_id, **given, "idempotency_key": key}
        told: set[str] = set()

        async def one() -> None:
            while (run := await self._ask("start_run", **start, wait_seconds=0)) is None:
                pass
            told.add(str(run["run_id"]))

        async with anyio.create_task_group() as tasks:
            for _ in range(number):
                tasks.start_soon(one)
        if len(told) > 1:
            self._journal.odd.append(f"one start, made {number} times at once, made the runs {sorted(told)}")
        for id_ in told:
            self._journal.started[id_] = Started(id_, thread.thread_id, thread.agent, keys)
        self._journal.herds += 1
        return await self.finish(min(told))

    async def _start(self, thread: Thread, calls: int | None) -> str:
        thread.turns += 1
        key = f"{thread.thread_id}.{thread.turns}"
        keys, given = self._plan(thread.agent, key, calls)
        named = {"idempotency_key": key} if self._servers.outlive_calls or self._rng.random() < 0.7 else {}
        start = {"agent": thread.agent, "thread_id": thread.thread_id, **given, **named}
        while True:
            run = await self._ask("start_run", **start, wait_seconds=self._rng.choice([0, 0, 5]))
            if run is None:
                run = await self._started_already(thread)
            if run is not None and run["run_id"] not in self._journal.started:
                id_ = str(run["run_id"])
                self._journal.started[id_] = Started(id_, thread.thread_id, thread.agent, keys)
                self._journal.steps += 1
                return id_

    async def _started_already(self, thread: Thread) -> dict[str, Any] | None:
        """The run that a start made which was never answered."""
        found = await self._ask("list_runs", thread_id=thread.thread_id, limit=1)
        return next((r for r in found["runs"] if r["run_id"] not in self._journal.started), None) if found else None

    def _plan(self, agent: str, key: str, calls: int | None) -> tuple[tuple[str, ...], dict[str, Any]]:
        if agent in SILENT:
            keys = [f"{key}.{n}" for n in range(calls or self._rng.randint(1, 4))]
            return tuple(keys[:3] if agent == "plain" else keys), {"input": {"keys": keys}}
        counts = [calls] if calls else [self._rng.randint(1, 3) for _ in range(self._rng.choice([1, 1, 2]))]
        turns = [[f"{key}.{t}{n}" for n in range(count)] for t, count in enumerate(counts)]
        keys = [each for turn in turns for each in turn]
        if agent.startswith("inside"):
            # Every other call is handed on, which makes two of it.
            keys = [k for turn in turns for n, each in enumerate(turn) for k in self._handed_on(each, n)]
        keys = [k for each in keys for k in (each, *(f"{each}{part}" for part in PARTS.get(agent, ())))]
        return tuple(keys), {"message": json.dumps({"turns": turns})}

    def _handed_on(self, key: str, number: int) -> list[str]:
        return [key] if number % 2 else [f"{key}.x", f"{key}.y"]

    async def _cancel(self, run_id: str) -> None:
        self._journal.started[run_id].cancelled = True
        run = await self._ask("cancel_run", run_id=run_id)
        if run is not None and run["status"] == "cancelled":
            self._journal.cancelled.add(run_id)

    async def _decide(self, run: dict[str, Any]) -> None:
        """All that is open, or some of it, or at the same instant as somebody who decides otherwise."""
        wanted = [(i, r) for i in run["interrupts"] for r in i["requests"] if "decision" not in r]
        if not wanted:
            return
        for interrupt, _ in wanted:
            if interrupt["status"] == "unknown_outcome":
                self._journal.asked_in_doubt.add((run["run_id"], interrupt["interrupt_id"], interrupt["digest"]))
        if not self.agreeable and self._rng.random() < 0.4:
            wanted = self._rng.sample(wanted, 1)
        servers = await self._servers.any(1 if self.agreeable or self._rng.random() < 0.7 else 3)
        async with anyio.create_task_group() as tasks:
            for server in servers:
                words = [self._word(run, interrupt, request) for interrupt, request in wanted]
                tasks.start_soon(self._deliver, server, run["run_id"], words)
            if not self.agreeable and self._rng.random() < self._races:
                self._journal.races += 1
                for _ in range(2):
                    tasks.start_soon(self._cancel, run["run_id"])

    async def _deliver(self, server: Server, run_id: str, words: Sequence[Word]) -> None:
        """Decide; who gets no answer says the same again, or looks first."""
        seconds = self._rng.choice([0, 0, 2])
        while True:
            for word in words:
                word.sent += 1
            given = {"run_id": run_id, "decisions": [word.decision for word in words], "wait_seconds": seconds}
            try:
                await server.call("resume_run", given)
            except Gone:
                if self._rng.random() < 0.5:
                    return
                (server,) = await self._servers.any(1)
            except Refused as refused:
                self._note("resume_run", refused)
                return
            else:
                for word in words:
                    word.acknowledged = True
                self._journal.steps += 1
                return

    def _word(self, run: dict[str, Any], interrupt: dict[str, Any], request: dict[str, Any]) -> Word:
        plain = run["agent"] == "plain"
        about = interrupt["value"] if plain else request["args"]
        if "key" not in about:
            self._journal.odd.append(f"nobody knows what this asks about: {interrupt}")
        key = about.get("key", "")
        word = self._journal.word(run["run_id"], interrupt, key, {"index": request["index"]})
        word.decision.update(self._said(word, request, plain))
        if plain and word.in_doubt and word.type == "reject":
            self._journal.started[run["run_id"]].cancelled = True
        return word

    def _said(self, word: Word, request: dict[str, Any], plain: bool) -> dict[str, Any]:
        kind = self._kind(request["allowed"], word.in_doubt)
        if plain and word.in_doubt and kind == "respond":
            return {"type": "respond", "value": {"done": [f"taken as done {word.key}: {word.id}"]}}
        if plain and not word.in_doubt:
            return {"type": "respond", "value": {"do": self.agreeable or self._rng.random() < 0.8, "word": word.id}}
        if kind == "edit":
            args = {**request["args"], "amount": self._rng.randint(2, 1000)}
            return {"type": "edit", "args": args, "message": word.id}
        return {"type": kind, "message": word.id}

    def _kind(self, allowed: Sequence[str], in_doubt: bool) -> str:
        if self.agreeable and "accept" in allowed:
            return "accept"
        weights = {"accept": 4, "edit": 2, "reject": 2, "respond": 4 if in_doubt else 1}
        return self._rng.choices(allowed, [weights[kind] for kind in allowed])[0]

    async def _ask(self, tool: str, **arguments: Any) -> dict[str, Any] | None:
        """`None` where there was no answer, or none that says anything."""
        try:
            return await self._servers.call(tool, **arguments)
        except Gone:
            return None
        except Refused as refused:
            self._note(tool, refused)
            await anyio.sleep(0.02)
            return None

    def _note(self, tool: str, refused: Refused) -> None:
        self._journal.refused[refused.code] += 1
        if refused.code not in EXPECTED and not is_hunger(str(refused)):
            self._journal.odd.append(f"{tool}: {refused}")
