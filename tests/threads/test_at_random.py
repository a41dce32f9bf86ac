"""Twenty random decisions, rewinds and copies in a row, over random small agents: the rules hold after each."""

import json
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Door, serving
from tests.effects import Effects
from tests.projects import offering
from tests.threads.past import checkpoints

STEPS = 20
_turns = st.lists(
    st.lists(st.sampled_from(["guarded", "asking", "free"]), min_size=1, max_size=3), min_size=1, max_size=2
)
_own_turns = st.lists(st.lists(st.sampled_from(["asking", "free"]), min_size=1, max_size=3), min_size=1, max_size=2)
agents = st.one_of(st.tuples(st.just("middleware"), _turns), st.tuples(st.just("one task for all calls"), _own_turns))


@dataclass(repr=False)
class Thread:
    """What must be true of one thread."""

    thread_id: str
    run: dict[str, Any] | None = None
    """The run that waits, if one does."""
    line: list[str] = field(default_factory=list)
    """The checkpoints of the branch it is on, oldest first."""
    lines: dict[str, list[str]] = field(default_factory=dict)
    """The same of each checkpoint there ever was."""
    past: dict[str, dict[str, Any]] = field(default_factory=dict)
    let_happen: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """What people accepted at each checkpoint, at a pause of the tool itself."""

    async def look(self, door: Door) -> None:
        self.past = {c["checkpoint_id"]: c for c in reversed(await checkpoints(door, self.thread_id))}
        for new in self.past.keys() - self.lines.keys():
            self.lines[new] = []
        for checkpoint_id in self.past:
            if not self.lines[checkpoint_id]:
                self.lines[checkpoint_id] = self.line = [*self.line, checkpoint_id]

    def done_since(self, checkpoint_id: str) -> Counter[str]:
        """Return what was done on the branch that is left, if the thread goes on from that checkpoint."""
        kept, told = self.lines[checkpoint_id], Counter[str]()
        common = max(at for at in range(min(len(kept), len(self.line))) if kept[at] == self.line[at])
        since = self.line[common:]
        for this, following in zip(since, [*since[1:], None], strict=True):
            if following is None or self.past[following]["source"] not in ("fork", "update"):
                told += _told(self.past[this]) | self.let_happen[this]
        return told


def _told(checkpoint: dict[str, Any]) -> Counter[str]:
    """Return what the tools that ran from the checkpoint say they did, of what people are asked about."""
    said = [part for ran in checkpoint["ran"] for part in ran["wrote"].get("messages", "").split(" · ")]
    did = (s.removeprefix("tool: did ") for s in said)
    return Counter(s for s in did if s.startswith(("guarded", "asking")))


@dataclass(repr=False)
class World:
    door: Door
    data: st.DataObject
    effects: Effects
    threads: list[Thread] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    async def begin(self) -> None:
        run = await self.door.call("start_run", agent="agent", message="go")
        self.threads.append(Thread(run["thread_id"]))
        await self.arrived(self.threads[-1], run)

    async def step(self) -> None:
        thread = self.threads[self.data.draw(st.integers(0, len(self.threads) - 1))]
        possible = [self.rewind, self.rewind, *([self.fork] if len(self.threads) < 3 else [])]
        await self.data.draw(st.sampled_from([*possible, *([self.decide] * 3 if thread.run else [])]))(thread)
        assert Counter(self.effects) == self.accepted

    async def decide(self, thread: Thread) -> None:
        assert thread.run is not None
        decisions = []
        for interrupt in thread.run["interrupts"]:
            for request in interrupt["requests"]:
                type_ = self.data.draw(st.sampled_from(["accept", "reject"]))
                decisions.append({"interrupt_id": interrupt["interrupt_id"], "index": request["index"], "type": type_})
                if type_ == "accept":
                    effect = f"{request['action']} {request['args']['x']}"
                    self.accepted[effect] += 1
                    if interrupt["dialect"] == "tool_call":
                        thread.let_happen[thread.line[-1]][effect] += 1
        await self.arrived(thread, await self.door.call("resume_run", run_id=thread.run["run_id"], decisions=decisions))

    async def rewind(self, thread: Thread) -> None:
        to = self.data.draw(st.sampled_from(sorted(thread.lines)))
        waited, expected = thread.run, thread.done_since(to)
        run = await self.door.call("rewind_thread", thread_id=thread.thread_id, checkpoint_id=to)
        told = Counter(f"{e['action']} {e['args']['x']}" for e in run["effects_done"])
        assert told == expected, (told, expected, to, thread.line)
        if waited is not None:
            assert (await self.door.call("get_run", run_id=waited["run_id"]))["status"] == "cancelled"
        thread.line = thread.lines[to]
        await self.arrived(thread, run)

    async def fork(self, thread: Thread) -> None:
        at = self.data.draw(st.sampled_from(sorted(thread.lines)))
        was = await checkpoints(self.door, thread.thread_id)
        copy = await self.door.call("fork_thread", thread_id=thread.thread_id, checkpoint_id=at)
        assert await checkpoints(self.door, thread.thread_id) == was
        made = Thread(copy["thread_id"])
        await made.look(self.door)
        assert made.line == thread.lines[at]
        self.threads.append(made)
        run = await self.door.call("rewind_thread", thread_id=made.thread_id, checkpoint_id=at)
        assert run["effects_done"] == []
        await self.arrived(made, run)

    async def arrived(self, thread: Thread, run: dict[str, Any]) -> None:
        assert run["status"] in ("interrupted", "success"), run
        ids = {i["interrupt_id"] for i in run["interrupts"]}
        assert not ids & self.seen
        self.seen |= ids
        thread.run = run if run["status"] == "interrupted" else None
        await thread.look(self.door)


async def _live(agent: Any, data: st.DataObject, folder: Path) -> None:
    config = offering(folder, Path(__file__).with_name("agents"), "at_random:agent")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AGENT", json.dumps(agent))
        patch.setenv("EFFECTS", str(folder / "effects"))
        async with serving(folder, config, environ={"INTERRUPT_MCP_KEEP_CHECKPOINTS": "0"}) as door:
            world = World(door, data, Effects(folder / "effects"))
            await world.begin()
            for _ in range(STEPS):
                await world.step()


@pytest.mark.anyio
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(agent=agents, data=st.data())
async def test_each_effect_is_done_as_often_as_a_person_approved_it_whatever_is_gone_back_to(
    agent: Any, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await _live(agent, data, Path(folder))
