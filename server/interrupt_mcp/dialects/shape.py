"""What each shape can do. Every file of a shape has these functions; the package tries the files in order."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from interrupt_mcp.dialects.instructions import Instruction
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.model import Ask, Decision, DecisionType, Json, Question, Request


class Shape(Protocol):
    """The functions of a shape."""

    def read(self, ask: Ask, /) -> Question | None:
        """Return the question, if it has this shape. The ask's value has no fault. Never raises."""

    def check(self, question: Question, request: Request, decision: Decision, /) -> None:
        """Refuse what the shape itself does not take, of a decision whose type is allowed and whose fields are right.

        Raises:
            InvalidDecision: it is such a decision.
        """

    def write(self, question: Question, decisions: Mapping[int, Decision], /) -> Json:
        """Return the value to resume with; every request has its decision."""

    def instruction(self, question: Question, request: Request, decision: Decision, /) -> Instruction:
        """Return what the gate must do with the tool call that the request is about."""

    def outcome(self, question: Question, request: Request, kind: DecisionType, /) -> Outcome:
        """Return what becomes of the action, as far as can be promised to who decides."""

    def leads_on(self, question: Question, request: Request, kind: DecisionType, /) -> bool:
        """Whether code of the agent's goes on with a `reject` or a `respond`, rather than the model alone."""


def in_order(types: Iterable[DecisionType]) -> tuple[DecisionType, ...]:
    """Return each type once, in the order in which people are shown them."""
    wanted = set(types)
    return tuple(kind for kind in DecisionType if kind in wanted)
