"""Whatever people do to a project, and whenever its process dies, it is as the rules say: shrinks to the fewest steps.

Each rule is something that a client or a death does; after each one everything that was told, and everything that was
done, is compared with what is expected.
"""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.model.expected import FINISHED, Expected, Request, Run, Word
from tests.model.life import Disk, Life, Moment, lived, project_in

_HAND = ("ab", "a", "ab|c")
PLANS = {
    "each": ("abc", "a", "ab|c"),
    "batched": ("abc", "a", "ab|c"),
    "per_call": ("abc", "ab"),
    "kept": ("ab", "a|b"),
    "watched": ("a", "ab"),
    "hand": _HAND,
    "node": ("a",),
}
MISTAKES: Sequence[tuple[dict[str, Any], str]] = (
    ({"type": "approve"}, "invalid_decision"),
    ({"type": "edit", "args": {}}, "invalid_decision"),
    ({"type": "accept", "index": 7}, "invalid_decision"),
    ({"type": "accept", "digest": "0" * 64}, "stale_digest"),
    ({"type": "accept", "interrupt_id": "Z99"}, "unknown_interrupt"),
)
kinds = st.sampled_from(["accept", "accept", "accept", "edit", "reject", "respond"])
picks = st.integers(0, 5)
_whens = st.sampled_from(["after", "before"])
_acts = st.builds(Moment, _whens, st.just("act"), st.sampled_from([1, 1, 2]))
_starting = st.builds(Moment, _whens, st.just("transaction"), st.integers(1, 8))
deaths_at_a_start = st.one_of(_starting, st.none())
deaths_at_a_decision = st.one_of(_acts, _acts, _starting, st.none())
deaths_at_a_cancel = st.one_of(st.builds(Moment, _whens, st.just("transaction"), st.integers(1, 2)), st.none())


def word(request: Request, kind: str) -> Word:
    """A decision of that kind, or of one that the request allows."""
    kind = kind if kind in request.allowed else request.allowed[0]
    match kind:
        case "edit":
            return Word("edit", (("args", {"what": f"{request.what}, edited"}),))
        case "respond" if request.freeform and request.round:
            return Word("respond", (("value", {"messages": [{"type": "ai", "content": "it is done"}]}),))
        case "respond":
            return Word("respond", (("value", "yes" if request.freeform else {"type": "no"}),))
        case "reject":
            return Word("reject", (("message", "no"),))
    return Word(kind)


def another(request: Request) -> Word:
    """A decision that is not the one that was made."""
    return Word("reject", (("message", "something else"),)) if request.word != Word("reject") else Word("accept")


class World(RuleBasedStateMachine):
    """One project, its process, and the people who use it."""

    def __init__(self) -> None:
        super().__init__()
        self.expected = Expected()
        self._stack = ExitStack()
        self._folder = Path(tempfile.mkdtemp())
        self._stack.callback(shutil.rmtree, self._folder)
        self._config = project_in(self._folder)
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._lives = 0
        self._living = ExitStack()
        self._disk = Disk(self._folder / "0")
        self._disk.path.mkdir()
        self._life: Life
        self._touched = False
        """Whether anybody did anything in this life."""
        self._settled = True
        """Whether all was as expected so far."""

    # What happens to the process

    @initialize()
    def begin(self) -> None:
        self._live(self._disk)

    def _live(self, disk: Disk) -> None:
        self._lives, self._touched = self._lives + 1, False
        self._disk, self._living = disk, ExitStack()
        after = Disk(self._folder / str(self._lives))
        self._life = self._living.enter_context(
            self._portal.wrap_async_context_manager(lived(self._config, disk, after))
        )

    def _end_of_life(self) -> None:
        dead, after = self._life.dead, self._life.after
        self._living.close()
        self._live(after if dead else self._disk)
        if dead:
            for _, request in self.expected.requests():
                request.deaths += 1

    @precondition(lambda self: self._touched)
    @rule()
    def die(self) -> None:
        self._portal.call(self._life.die)
        self._settle()

    @precondition(lambda self: self._touched)
    @rule()
    def leave_and_come_back(self) -> None:
        self._end_of_life()
        self._settle()

    # What clients do

    @rule(agent=st.sampled_from(sorted(PLANS)), plan=picks, where=st.one_of(st.none(), picks), death=deaths_at_a_start)
    def start(self, agent: str, plan: int, where: int | None, death: Moment | None) -> None:
        """A run, on a thread of its own or on one that is free again."""
        number = len(self.expected.runs)
        free = self.expected.free_threads()
        thread = f"thread-{number}"
        if where is not None and free:
            before = free[where % len(free)]
            agent, thread = before.agent, before.thread
        run = Run(number, agent, thread, PLANS[agent][plan % len(PLANS[agent])])
        self._life.plan(death)
        heard = self._start(run, wait_seconds=0 if death else 20)
        self.expected.runs.append(run)
        self._settle(run)
        if heard is not None:
            assert run.run_id == heard
        assert run.open()

    @precondition(lambda self: self.expected.open())
    @rule(pick=picks, kind=kinds, by_code=st.booleans(), death=deaths_at_a_decision)
    def decide(self, pick: int, kind: str, by_code: bool, death: Moment | None) -> None:
        run, request = self._picked(self.expected.open(), pick)
        said = word(request, kind)
        self._life.plan(death)
        self._decide(run, {request.index: (request, said)}, by_code)
        self._settle()

    @precondition(lambda self: self.expected.open())
    @rule(pick=picks, given=st.lists(kinds, min_size=1, max_size=3), death=deaths_at_a_decision)
    def decide_all(self, pick: int, given: list[str], death: Moment | None) -> None:
        run, _ = self._picked(self.expected.open(), pick)
        chosen = {at: (each, word(each, given[at % len(given)])) for at, each in enumerate(run.open())}
        self._life.plan(death)
        self._decide(run, chosen, False)
        self._settle()

    @precondition(lambda self: self.expected.decided())
    @rule(pick=picks)
    def decide_the_same_again(self, pick: int) -> None:
        run, request = self._picked(self.expected.decided(), pick)
        assert request.word is not None
        again = {"interrupt_id": request.interrupt_id, "index": request.index, **request.word.sent()}
        body = self._heard("resume_run", run_id=run.run_id, decisions=[again])
        assert "was decided before" in body["next_step"], body
        self._settle()

    @precondition(lambda self: self.expected.decided())
    @rule(pick=picks, by_code=st.booleans())
    def decide_otherwise_later(self, pick: int, by_code: bool) -> None:
        run, request = self._picked(self.expected.decided(), pick)
        assert request.word is not None
        name = request.code if by_code else request.interrupt_id
        other = {"interrupt_id": name, "index": request.index, **another(request).sent()}
        said = self._refused("resume_run", run_id=run.run_id, decisions=[other])
        assert said.startswith("already_decided: "), said
        assert f"was decided before: {request.word.type} by " in said
        self._settle()

    @precondition(lambda self: self.expected.open())
    @rule(pick=picks)
    def decide_in_two_ways_at_once(self, pick: int) -> None:
        run, request = self._picked(self.expected.open(), pick)
        if run.agent == "watched" and not request.round:
            return
        said = [word(request, "accept"), Word("respond", (("value", "no"),))]
        if not request.freeform or request.round:
            said[1] = word(request, "reject")
        place = {"interrupt_id": request.interrupt_id, "index": request.index}
        calls = [{"run_id": run.run_id, "decisions": [{**place, **one.sent()}]} for one in said]
        results = self._portal.call(self._at_once, "resume_run", calls)
        (first,) = [at for at, result in enumerate(results) if not result.is_error]
        assert results[1 - first].content[0].text.startswith("already_decided: "), results
        request.keep(said[first])
        self._settle()

    async def _at_once(self, tool: str, calls: list[dict[str, Any]]) -> list[Any]:
        import anyio

        results: list[Any] = [None] * len(calls)

        async def one(at: int) -> None:
            results[at], _ = await self._life.call(tool, **calls[at])

        async with anyio.create_task_group() as tasks:
            for at in range(len(calls)):
                tasks.start_soon(one, at)
        return results

    @precondition(lambda self: self.expected.open())
    @rule(pick=picks, mistake=st.sampled_from(MISTAKES))
    def decide_badly(self, pick: int, mistake: tuple[dict[str, Any], str]) -> None:
        run, request = self._picked(self.expected.open(), pick)
        bad, code = mistake
        decision = {"interrupt_id": request.interrupt_id, "index": request.index, **bad}
        said = self._refused("resume_run", run_id=run.run_id, decisions=[decision])
        assert said.startswith((f"{code}: ", "not_allowed: ")), said
        self._settle()

    @precondition(lambda self: self.expected.open())
    @rule(pick=picks)
    def say_nothing(self, pick: int) -> None:
        run, _ = self._picked(self.expected.open(), pick)
        body = self._heard("resume_run", run_id=run.run_id)
        assert body["status"] == "interrupted", body
        self._settle()

    @precondition(lambda self: self.expected.runs)
    @rule(pick=picks, death=deaths_at_a_cancel)
    def cancel(self, pick: int, death: Moment | None) -> None:
        run = self.expected.runs[pick % len(self.expected.runs)]
        self._life.plan(death)
        self._cancel(run)
        self._settle()

    @precondition(lambda self: self.expected.open())
    @rule(pick=picks, death=deaths_at_a_decision)
    def let_everything_be_done_and_cancel(self, pick: int, death: Moment | None) -> None:
        run, _ = self._picked(self.expected.open(), pick)
        self._life.plan(death)
        self._decide(run, {at: (each, word(each, "accept")) for at, each in enumerate(run.open())}, False, wait=0)
        self._cancel(run)
        self._settle()

    @precondition(lambda self: any(run.status == "interrupted" for run in self.expected.runs))
    @rule(pick=picks)
    def start_where_somebody_waits(self, pick: int) -> None:
        waiting = [run for run in self.expected.runs if run.status == "interrupted"]
        run = waiting[pick % len(waiting)]
        said = self._refused("start_run", agent=run.agent, message="99 a", thread_id=run.thread)
        assert said.startswith("thread_interrupted: "), said
        self._settle()

    def teardown(self) -> None:
        """Everybody decides what there still is, and each thread takes another message."""
        try:
            if self._settled:
                self._finish_all()
        finally:
            self._living.close()
            self._stack.close()

    def _finish_all(self) -> None:
        self._end_of_life()
        self._settle()
        for _ in range(20):
            if not self.expected.open():
                break
            run, _ = self.expected.open()[0]
            kind = "reject" if run.agent == "watched" else "accept"
            self._decide(run, {at: (each, word(each, kind)) for at, each in enumerate(run.open())}, False)
            self._settle()
        for run in list(self.expected.free_threads()):
            following = Run(len(self.expected.runs), run.agent, run.thread, "a")
            self._start(following, wait_seconds=20)
            self.expected.runs.append(following)
            self._settle(following)
            assert following.open()

    # How

    def _picked(self, among: Sequence[tuple[Run, Request]], pick: int) -> tuple[Run, Request]:
        return among[pick % len(among)]

    def _call(self, tool: str, **arguments: Any) -> tuple[Any, bool]:
        self._settled = False
        self._touched = self._touched or tool in ("start_run", "resume_run", "cancel_run")
        call: Callable[[], Any] = lambda: self._life.call(tool, **arguments)  # noqa: E731
        return self._portal.call(call)

    def _heard(self, tool: str, **arguments: Any) -> Any:
        """The result of a call that nobody dies of."""
        result, _ = self._call(tool, **arguments)
        assert not result.is_error, result.content[0].text
        return result.structured_content

    def _refused(self, tool: str, **arguments: Any) -> str:
        result, _ = self._call(tool, **arguments)
        assert result.is_error, result.structured_content
        return str(result.content[0].text)

    async def _record(self) -> defaultdict[tuple[str, int], list[str]]:
        """The types of all decisions that were kept, by what they are on."""
        found = defaultdict(list)
        for entry in (await self._life.app.store()).list_audit(0, 100_000):
            if entry["event"] == "decided":
                found[entry["interrupt_id"], entry["detail"]["index"]].append(entry["detail"]["type"])
        return found

    def _start(self, run: Run, wait_seconds: int) -> str | None:
        """The id of the run, if anybody heard it."""
        result, heard = self._call(
            "start_run",
            agent=run.agent,
            message=run.message,
            thread_id=run.thread,
            idempotency_key=run.key,
            wait_seconds=wait_seconds,
        )
        if not heard:
            return None
        assert not result.is_error, result.content[0].text
        return str(result.structured_content["run_id"])

    def _decide(self, run: Run, chosen: dict[int, tuple[Request, Word]], by_code: bool, wait: int = 20) -> None:
        decisions = [
            {"interrupt_id": each.code if by_code else each.interrupt_id, "index": each.index, **said.sent()}
            for each, said in chosen.values()
        ]
        result, heard = self._call("resume_run", run_id=run.run_id, decisions=decisions, wait_seconds=wait)
        if run.agent == "watched" and any(said.type != "reject" for _, said in chosen.values()):
            assert result.is_error, result.structured_content
            assert result.content[0].text.startswith("needs_human: "), result.content[0].text
            return
        if heard:
            assert not result.is_error, result.content[0].text
        for each, said in chosen.values():
            if heard:
                each.keep(said)
            else:
                each.unheard = said

    def _cancel(self, run: Run) -> None:
        was = run.status
        run.to_be_cancelled = run.to_be_cancelled or was not in FINISHED
        result, heard = self._call("cancel_run", run_id=run.run_id)
        if heard:
            assert result.structured_content["status"] == was if was in FINISHED else True, result
            assert result.structured_content["status"] in FINISHED, result

    def _settle(self, begun: Run | None = None) -> None:
        """Everything goes as far as it can, in the next life if this one is over, and is as it must be."""
        for status in ("pending", "running"):
            for going in self._heard("list_runs", status=status)["runs"]:
                self._call("get_run", run_id=going["run_id"], wait_seconds=25)
        if not self._portal.call(self._life.survive):
            self._end_of_life()
        if begun is not None:
            # The same start again is the same run, and where the first was lost unheard it is the first.
            begun.run_id = self._start(begun, wait_seconds=20) or ""
        record = self._portal.call(self._record)
        for _, request in self.expected.requests():
            request.see_record(record[request.interrupt_id, request.index])
        for run in self.expected.runs:
            body = self._heard("get_run", run_id=run.run_id, wait_seconds=25)
            run.see(body)
        listed = self._heard("list_runs", limit=100)["runs"]
        assert sorted(run["run_id"] for run in listed) == sorted(run.run_id for run in self.expected.runs)
        pending = self._heard("list_interrupts", limit=100)["interrupts"]
        assert {each["interrupt_id"] for each in pending} == {each.interrupt_id for _, each in self.expected.open()}
        self.expected.check_effects(self._disk.effects)
        self._settled = True
