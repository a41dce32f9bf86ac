"""Whatever people do to a project, and whenever its process dies, it is as the rules say: shrinks to the fewest steps.

Each rule is something that a client or a death does; after each one everything that was told, and everything that was
done, is compared with what is expected.
"""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.expected import Run, Word, another, word
from tests.model.life import Moment
from tests.model.lives import Lives

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


class World(Lives):
    """One project, its process, and the people who use it."""

    # What happens to the process

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
