"""What a form says, line by line: who asks, what would be done with which arguments, and who says what about it.

Lines of ours begin at the margin. Whatever an agent, a model or a client wrote stands behind four spaces and a bar: it
cannot pass for a line of ours, and where a client renders Markdown it is a code block, in which markup does nothing.
Long lines are broken here, because a window that breaks them itself would begin the next one at the margin.
"""

import json
from collections.abc import Iterable, Iterator

from interrupt_mcp import dialects
from interrupt_mcp.forms.visible import visible, visible_json, visible_lines
from interrupt_mcp.model import MISSING, Decision, DecisionType, Interrupt, Json, Request

LONGEST = 4_000
"""Characters of arguments that a person can still read in a form."""
_LONGEST_WORDS = 2_000
_WIDTH = 96
_MEANS = {
    DecisionType.ACCEPT: "accept: do exactly what the agent asks for, as it stands here",
    DecisionType.EDIT: "edit: do it with the arguments as they stand in the fields",
    DecisionType.REJECT: "reject: do not do it; the message goes to the agent",
    DecisionType.RESPOND: "respond: answer with the value or the message, without doing it",
}
_DOUBT = {
    DecisionType.ACCEPT: "accept: do it again",
    DecisionType.RESPOND: "respond: take it as done, with the value or the message as its result",
    DecisionType.REJECT: "reject: drop it",
}


def quoted(lines: Iterable[str]) -> list[str]:
    """Lines that are not ours; an arrow goes on with the line above."""
    return [part for line in lines for part in _broken(line)]


def _broken(line: str) -> Iterator[str]:
    yield f"    | {line[:_WIDTH]}"
    yield from (f"    ↳ {line[start : start + _WIDTH]}" for start in range(_WIDTH, len(line), _WIDTH))


def subject(interrupt: Interrupt, request: Request) -> list[Json]:
    """What a person must have read before it can be accepted: the arguments, and the question where it asks one."""
    return [request.args, *([interrupt.question.value] if dialects.says_more(interrupt.question) else [])]


def size_of(*parts: Json) -> int:
    """Characters that the parts have as JSON."""
    return sum(len(json.dumps(part, indent=2, ensure_ascii=False)) for part in parts)


def text(
    interrupt: Interrupt, request: Request, options: Iterable[DecisionType], proposal: Decision | None, elsewhere: str
) -> str:
    """The whole text. `elsewhere` says where it can be decided too."""
    parts = [
        [_head(interrupt, request)],
        _unknown_outcome(interrupt),
        quoted([f"agent:  {visible(interrupt.agent)}", f"thread: {visible(interrupt.thread_id)}"]),
        ["It wants to do:"],
        quoted([visible(request.action)]),
        *_arguments(interrupt, request, elsewhere),
        *_words(interrupt, request, elsewhere),
        *_proposed(proposal),
        *_answer(interrupt, request, options),
        [f"- {(_DOUBT if interrupt.round else _MEANS)[option]}" for option in options],
        [elsewhere],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _head(interrupt: Interrupt, request: Request) -> str:
    wanted = [each.index for each in interrupt.wanted]
    place = f", request {wanted.index(request.index) + 1} of {len(wanted)}" if len(wanted) > 1 else ""
    return f"Interrupt {interrupt.code}{place}: an agent waits for your decision."


def _unknown_outcome(interrupt: Interrupt) -> list[str]:
    if not interrupt.round:
        return []
    return ["This was decided before and started, and nobody knows whether it was done."]


def _arguments(interrupt: Interrupt, request: Request, elsewhere: str) -> list[list[str]]:
    size = size_of(*subject(interrupt, request))
    if size <= LONGEST:
        shown = [["With exactly these arguments:"], quoted(visible_json(request.args))] if request.args else []
        asked = [["The whole question, as the agent put it:"], quoted(visible_json(interrupt.question.value))]
        return shown + (asked if dialects.says_more(interrupt.question) else [])
    return [
        [
            f"Its arguments have {size:,} characters, too many to read in a form, so it cannot be accepted or edited"
            f" here. {elsewhere}"
        ]
    ]


def _words(interrupt: Interrupt, request: Request, elsewhere: str) -> list[list[str]]:
    said = dialects.described(interrupt.question, request.index)
    if not said.strip():
        return []
    lines = quoted(visible_lines(said[:_LONGEST_WORDS]))
    more = len(said) - _LONGEST_WORDS
    rest = [f"That was the beginning; {more:,} characters more are not shown here. {elsewhere}"] if more > 0 else []
    return [["The agent's own words about it, which nobody checked:"], lines, rest]


def _proposed(proposal: Decision | None) -> list[list[str]]:
    if proposal is None:
        return []
    head = f"The client proposes, and nothing is decided by that: {proposal.type.value}"
    if not readable(proposal):
        return [[f"{head}, with more than can be read in a form, so it is not filled in here."]]
    parts: list[str] = []
    if proposal.args is not None:
        parts += ["with these arguments:", *visible_json(proposal.args)]
    if proposal.value is not MISSING:
        parts += ["with this value:", *visible_json(proposal.value)]
    if proposal.message is not None:
        parts += ["with this message:", *visible_lines(proposal.message)]
    return [[head], quoted(parts)]


def readable(proposal: Decision) -> bool:
    """Whether a person can read in a form what the client proposes."""
    value = None if proposal.value is MISSING else proposal.value
    return size_of(proposal.args, value, proposal.message) <= LONGEST


def _answer(interrupt: Interrupt, request: Request, options: Iterable[DecisionType]) -> list[list[str]]:
    schema = dialects.answer_schema(interrupt.question, request.index)
    if schema is None or DecisionType.RESPOND not in options:
        return []
    lines = visible_json(schema)
    if sum(map(len, lines)) > _LONGEST_WORDS:
        return [["The answer must fit a schema that is too large to show here; one that does not fit is refused."]]
    return [["The answer must fit this schema:"], quoted(lines)]
