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
    from interrupt_mcp.execution.history import Moment
    from interrupt_mcp.model import Decision, Interrupt, Proof

_DEEPEST = 8
"""How far branches of branches are set in; deeper ones stand no further in."""
_STEP, _DETAIL, _BRANCH, _SET_IN = "● ", "│   ", "├─╮ ", "│ "


@dataclass(frozen=True, slots=True)
class Past:
    """All checkpoints of a thread, oldest first, and what happened at each."""

    moments: Sequence["Moment"]
    asked: Mapping[str, Sequence["Interrupt"]]
    effects: Mapping[str, Sequence[Mapping[str, Any]]]
    branches: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Branch:
    """Checkpoints that followed each other, not all of which are shown yet."""

    number: int
    depth: int
    left: Iterator["Moment"]


class Tree:
    """The past of one thread, on lines no wider than `width`; `None` cuts nothing."""

    def __init__(self, past: Past, width: int | None) -> None:
        self._past = past
        self._width = width
        self._line: defaultdict[int, list[Moment]] = defaultdict(list)
        for each in past.moments:
            self._line[past.branches[each.checkpoint_id]].append(each)
        self._leaving: defaultdict[str, list[int]] = defaultdict(list)
        for number, line in self._line.items():
            self._leaving[line[0].parent_id or ""].append(number)
        self._here = past.moments[-1].checkpoint_id if past.moments else ""

    def lines(self) -> Iterator[str]:
        """Oldest first. A branch stands below the checkpoint that it left."""
        known = {each.checkpoint_id for each in self._past.moments}
        roots = [number for number, line in self._line.items() if line[0].parent_id not in known]
        stack = [self._branch(number, 0) for number in reversed(roots)]
        while stack:
            branch = stack[-1]
            each = next(branch.left, None)
            if each is None:
                stack.pop()
                continue
            if branch.number not in roots and each is self._line[branch.number][0]:
                yield self._set_in(branch.depth - 1, f"{_BRANCH}branch {branch.number}: {_began(each)}")
            yield self._step(each, branch.depth)
            for detail in self._details(each):
                yield self._set_in(branch.depth, f"{_DETAIL}{visible(detail)}")
            leaving = reversed(self._leaving[each.checkpoint_id])
            stack += [self._branch(number, branch.depth + 1) for number in leaving]

    def _branch(self, number: int, depth: int) -> _Branch:
        return _Branch(number, depth, iter(self._line[number]))

    def _step(self, each: "Moment", depth: int) -> str:
        """The id is whole, so that it can be copied."""
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
            yield f"  {_said(decision)} by {proof.who} through {proof.channel}, {_at(proof)}"


def _said(decision: "Decision") -> str:
    if decision.args is not None:
        return f"{decision.type} {compact_json(decision.args)}"
    return f"{decision.type} “{decision.message}”" if decision.message else str(decision.type)


def _at(proof: "Proof") -> str:
    return local_time(proof.at)


def _outcome(effect: Mapping[str, Any]) -> str:
    if effect["outcome"] == "done":
        return f"done {local_time(datetime.fromisoformat(effect['at']))}"
    return "started, and nobody knows how it ended"
