"""A thread's past as a tree of lines: steps, what was asked and decided, what was done, and the branches that left.

It knows what happened, and how wide a terminal is. It does not know where either comes from.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from interrupt_mcp.cli.listing import compact_json, local_time
from interrupt_mcp.text.columns import columns, cut, padded
from interrupt_mcp.text.visible import visible

if TYPE_CHECKING:
    from interrupt_mcp.model import Decision, Interrupt
    from interrupt_mcp.model.past import Moment

_DEEPEST = 8
"""How far branches of branches are set in; deeper ones stand no further in."""
_STEP, _DETAIL, _BRANCH, _SET_IN = "● ", "│   ", "├─╮ ", "│ "


@dataclass(frozen=True, slots=True)
class Past:
    """All checkpoints of a thread, oldest first, and what happened at each."""

    moments: Sequence["Moment"]
    asked: Mapping[str, Sequence["Interrupt"]]
    """The interrupts of each checkpoint, by its id."""
    effects: Mapping[str, Sequence[Mapping[str, Any]]]
    """What was done or begun after each checkpoint, by its id, as JSON."""
    branches: Mapping[str, int]
    """The number of the branch that each checkpoint belongs to, by its id."""


@dataclass(frozen=True, slots=True)
class _Branch:
    """Checkpoints that followed each other, not all of which are shown yet."""

    number: int
    depth: int
    """How many branches it is away from the one that began the thread."""
    left: Iterator["Moment"]


class Tree:
    """The past of one thread, on lines no wider than `width`; `None` cuts nothing."""

    def __init__(self, past: Past, width: int | None) -> None:
        self._past = past
        self._width = width
        self._moments_of: defaultdict[int, list[Moment]] = defaultdict(list)
        for each in past.moments:
            self._moments_of[past.branches[each.checkpoint_id]].append(each)
        self._branches_from: defaultdict[str, list[int]] = defaultdict(list)
        for number, moments in self._moments_of.items():
            self._branches_from[moments[0].parent_id or ""].append(number)
        self._here = past.moments[-1].checkpoint_id if past.moments else ""

    def lines(self) -> Iterator[str]:
        """Yield the lines, oldest first. A branch stands below the checkpoint that it left."""
        known = {each.checkpoint_id for each in self._past.moments}
        roots = [number for number, moments in self._moments_of.items() if moments[0].parent_id not in known]
        stack = [self._branch(number, 0) for number in reversed(roots)]
        while stack:
            branch = stack[-1]
            each = next(branch.left, None)
            if each is None:
                stack.pop()
                continue
            if branch.number not in roots and each is self._moments_of[branch.number][0]:
                yield self._set_in(branch.depth - 1, f"{_BRANCH}branch {branch.number}: {_began(each)}")
            yield self._step(each, branch.depth)
            for detail in self._details(each):
                yield self._set_in(branch.depth, f"{_DETAIL}{visible(detail)}")
            numbers = reversed(self._branches_from[each.checkpoint_id])
            stack += [self._branch(number, branch.depth + 1) for number in numbers]

    def _branch(self, number: int, depth: int) -> _Branch:
        return _Branch(number, depth, iter(self._moments_of[number]))

    def _step(self, each: "Moment", depth: int) -> str:
        """Return the line of a checkpoint. Its id is whole, so that it can be copied."""
        stands = " ◀ here" if each.checkpoint_id == self._here else ""
        following = ", ".join(dict.fromkeys(each.next)) or "end"
        text = visible(f"{_STEP}{each.step} {each.source} → {following}")
        before = _SET_IN * min(depth, _DEEPEST)
        if self._width is not None:
            room = self._width - len(each.checkpoint_id) - 2 - columns(before) - columns(stands)
            text = padded(cut(text, room), room)
        return f"{before}{text}{stands}  {each.checkpoint_id}"

    def _set_in(self, depth: int, text: str) -> str:
        line = _SET_IN * min(depth, _DEEPEST) + text
        return line if self._width is None else cut(line, self._width)

    def _details(self, each: "Moment") -> Iterator[str]:
        for interrupt in self._past.asked.get(each.checkpoint_id, ()):
            yield from _asked(interrupt)
        for effect in self._past.effects.get(each.checkpoint_id, ()):
            yield f"! {_outcome(effect)}: {effect['action']} {compact_json(effect['args'])}"
        for ran in each.ran:
            for name, text in ran.wrote.items():
                yield f"{ran.node} wrote {name}: {text}" if name else f"{ran.node} wrote {text}"
            if ran.error:
                yield f"{ran.node} failed: {ran.error}"


def _began(each: "Moment") -> str:
    return f"gone on from here by run {each.run_id}" if each.run_id else "gone on from here"


def _asked(interrupt: "Interrupt") -> Iterator[str]:
    for request in interrupt.question.requests:
        yield f"? {interrupt.code} {interrupt.status}: {request.action} {compact_json(request.args)}"
        rounds = [(place, said) for place, said in sorted(interrupt.decisions.items()) if place[1] == request.index]
        for _, (decision, proof) in rounds:
            yield f"  {_said(decision)} by {proof.who} through {proof.channel}, {local_time(proof.at)}"


def _said(decision: "Decision") -> str:
    if decision.args is not None:
        return f"{decision.type} {compact_json(decision.args)}"
    return f"{decision.type} “{decision.message}”" if decision.message else str(decision.type)


def _outcome(effect: Mapping[str, Any]) -> str:
    if effect["outcome"] == "done":
        return f"done {local_time(datetime.fromisoformat(effect['at']))}"
    return "started, and nobody knows how it ended"
