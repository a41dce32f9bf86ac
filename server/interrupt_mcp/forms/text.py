"""What a form says, line by line: who asks, what would be done with which arguments, and who says what about it.

Lines of ours begin at the margin. Whatever an agent, a model or a client wrote stands behind four spaces and a bar: it
cannot pass for a line of ours, and where a client renders Markdown it is a code block, in which markup does nothing.
Long lines are broken here, because a window that breaks them itself would begin the next one at the margin.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from interrupt_mcp import dialects
from interrupt_mcp.forms.choices import choices_of
from interrupt_mcp.forms.deciders import who_decides
from interrupt_mcp.forms.meaning import meaning
from interrupt_mcp.forms.preview import FAILED_HEAD, HEAD, lines, size
from interrupt_mcp.model import MISSING, Decision, DecisionType, Dialect, Interrupt, Json, Question, Request
from interrupt_mcp.model.previews import PreviewFailed
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.text.columns import broken
from interrupt_mcp.text.visible import visible, visible_json, visible_lines

_WHERE_PREVIEWS_ARE = "The page of the inbox shows it, and `interrupt-mcp review` in a terminal."


@dataclass(frozen=True, slots=True)
class Sheet:
    """How much can be read where the form is shown."""

    width: int = 96
    """Columns that a quoted line takes at most, besides its bar."""
    longest: int | None = 4_000
    """The most characters of arguments, or of a question. What has more cannot be accepted there."""
    words: int | None = 2_000
    """The most characters of the words about it. What has more cannot be accepted there either."""
    rich: bool = False
    """Whether texts of several lines can be edited there as such, and all arguments as JSON besides."""

    def holds(self, *parts: Json) -> bool:
        """Whether the parts, as JSON, can all be read there."""
        return self.longest is None or size_of(*parts) <= self.longest

    def quoted(self, lines: Iterable[str]) -> list[str]:
        """Return lines that are not ours as a form shows them; an arrow goes on with the line above."""
        return [
            f"    {'↳' if at else '|'} {part}" for line in lines for at, part in enumerate(broken(line, self.width))
        ]


def subject(interrupt: Interrupt, request: Request) -> list[Json]:
    """Return what a person must have read before it can be accepted: action, arguments, and a question's own words."""
    question = interrupt.question
    asked_inside = dialects.asked_inside(question, request)
    return [
        request.action,
        request.args,
        *([question.value] if dialects.says_more(question, request) else []),
        *([asked_inside.name] if asked_inside is not None else []),
        *([asked_inside.args] if asked_inside is not None else []),
        *(answer for _, answer in standing(question, request)),
    ]


def standing(question: Question, request: Request) -> Iterator[tuple[DecisionType, Json]]:
    """Yield what accept and reject answer, where the question's schema says so and the arguments do not show it."""
    for kind in (DecisionType.ACCEPT, DecisionType.REJECT):
        answer = dialects.stands_for(question, kind)
        if answer is not MISSING and answer != request.args:
            yield kind, answer


def can_be_read(interrupt: Interrupt, request: Request, sheet: Sheet) -> bool:
    """Whether all that a person must have read stands there, none of it cut."""
    said = dialects.words_about(interrupt.question, request.index).text
    return sheet.holds(*subject(interrupt, request)) and (sheet.words is None or len(said) <= sheet.words)


def size_of(*parts: Json) -> int:
    """Return how many characters the parts have as JSON."""
    return sum(len(json.dumps(part, indent=2, ensure_ascii=False)) for part in parts)


def readable(proposal: Decision, sheet: Sheet) -> bool:
    """Whether a person can read there what the client proposes."""
    value = None if proposal.value is MISSING else proposal.value
    return sheet.holds(proposal.args, value, proposal.message)


class Part(StrEnum):
    """What a section is about."""

    DOUBT = "doubt"
    WHO = "who"
    DECIDERS = "deciders"
    ACTION = "action"
    ARGUMENTS = "arguments"
    QUESTION = "question"
    INSIDE = "inside"
    PREVIEW = "preview"
    WORDS = "words"
    PROPOSAL = "proposal"
    ANSWER = "answer"
    CHOICES = "choices"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of what a form says: words of ours, then lines that are not ours, then words of ours again."""

    part: Part
    head: str = ""
    lines: Sequence[str] = ()
    """Visible, and as long as they are."""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The text about one request."""

    interrupt: Interrupt
    request: Request
    options: tuple[DecisionType, ...]
    """What can be chosen in the form."""
    proposal: Decision | None
    """What a client would decide."""
    elsewhere: str
    """A sentence that says where it can be decided too."""
    sheet: Sheet
    """How much can be read where the form is shown."""

    def __str__(self) -> str:
        parts = [[self.head]]
        for section in self.sections():
            parts += [[section.head], self.sheet.quoted(section.lines), [section.after]]
        parts += [[f"- {line}" for line in self.meanings()], [self.elsewhere]]
        return "\n\n".join("\n".join(part) for part in parts if any(part))

    @property
    def head(self) -> str:
        """Which interrupt it is, and which of its requests."""
        wanted = [each.index for each in self.interrupt.wanted]
        place = f", request {wanted.index(self.request.index) + 1} of {len(wanted)}" if len(wanted) > 1 else ""
        return f"Interrupt {self.interrupt.code}{place}: an agent waits for your decision."

    def sections(self) -> list[Section]:
        """Return all that a person must know, in the order in which they read it."""
        return [
            *self._unknown_outcome(),
            self._who(),
            *self._deciders(),
            self._action(),
            *self._subject(),
            *self._preview(),
            *self._words(),
            *self._proposed(),
            *self._answer(),
            *self._choices(),
            *self._standing(),
        ]

    def meanings(self) -> list[str]:
        """Return a line for each option, that says what comes of it."""
        return [meaning(self.interrupt, self.request, option) for option in self.options]

    def _unknown_outcome(self) -> list[Section]:
        if not self.interrupt.round:
            return []
        return [Section(Part.DOUBT, "This was decided before and started, and nobody knows whether it was done.")]

    def _who(self) -> Section:
        lines = [f"agent:  {visible(self.interrupt.agent)}", f"thread: {visible(name_of(self.interrupt.thread_id))}"]
        return Section(Part.WHO, lines=lines)

    def _deciders(self) -> list[Section]:
        said = who_decides(self.request.terms)
        return [Section(Part.DECIDERS, f"{said[0].upper()}{said[1:]}.")] if said else []

    def _action(self) -> Section:
        # At a breakpoint nothing of the agent asks.
        next_ = self.interrupt.question.dialect is Dialect.BREAKPOINT
        head = "What comes next:" if next_ else "It wants to do:"
        return Section(Part.ACTION, head, [visible(self.request.action[: self.sheet.longest])])

    def _subject(self) -> list[Section]:
        parts = subject(self.interrupt, self.request)
        if not self.sheet.holds(*parts):
            said = (
                f"With its arguments it has {size_of(*parts):,} characters, too many to read in a form, so it"
                f" cannot be accepted or edited here. {self.elsewhere}"
            )
            return [Section(Part.ARGUMENTS, said)]
        is_answer = dialects.stands_for(self.interrupt.question, DecisionType.ACCEPT) == self.request.args
        head = (
            "The answer that accept gives, and that edit begins with:" if is_answer else "With exactly these arguments:"
        )
        shown = [Section(Part.ARGUMENTS, head, visible_json(self.request.args))] if self.request.args else []
        if dialects.says_more(self.interrupt.question, self.request):
            value = visible_json(self.interrupt.question.value)
            shown.append(Section(Part.QUESTION, self._head_of_value(), value))
        return shown + self._asked_inside()

    def _head_of_value(self) -> str:
        if self.interrupt.question.dialect is Dialect.BREAKPOINT:
            return "The state that it gets; of messages the last ones:"
        return "The whole question, as the agent put it:"

    def _asked_inside(self) -> list[Section]:
        """Show the call of a tool that asks about something else than what it was called for."""
        call = dialects.asked_inside(self.interrupt.question, self.request)
        if call is None:
            return []
        head = "The question comes out of a tool call that goes on with your answer, and that says something else:"
        return [Section(Part.INSIDE, head, [visible(call.name), *visible_json(call.complete)])]

    def _preview(self) -> list[Section]:
        """Show what would change, as far as there is room: nothing that has to be read before it is accepted."""
        preview = self.request.preview
        if preview is None:
            return []
        if self.sheet.longest is not None and size(preview) > self.sheet.longest:
            said = f"The preview of what would change is too long for a form. {_WHERE_PREVIEWS_ARE}"
            return [Section(Part.PREVIEW, said)]
        head = FAILED_HEAD if isinstance(preview, PreviewFailed) else HEAD
        return [Section(Part.PREVIEW, head, lines(preview))]

    def _words(self) -> list[Section]:
        said = dialects.words_about(self.interrupt.question, self.request.index)
        if not said.text.strip():
            return []
        head = "The agent's own words about it, which nobody checked:" if said.by_agent else "Why you are asked:"
        lines = visible_lines(said.text[: self.sheet.words])
        more = 0 if self.sheet.words is None else len(said.text) - self.sheet.words
        rest = (
            f"That was the beginning; {more:,} characters more are not shown here, so it cannot be accepted or edited"
            f" here. {self.elsewhere}"
        )
        return [Section(Part.WORDS, head, lines, rest if more > 0 else "")]

    def _proposed(self) -> list[Section]:
        proposal = self.proposal
        if proposal is None:
            return []
        head = f"The client proposes, and nothing is decided by that: {proposal.type.value}"
        if not readable(proposal, self.sheet):
            return [
                Section(Part.PROPOSAL, f"{head}, with more than can be read in a form, so it is not filled in here.")
            ]
        parts: list[str] = []
        if proposal.args is not None:
            parts += ["with these arguments:", *visible_json(proposal.args)]
        if proposal.value is not MISSING:
            parts += ["with this value:", *visible_json(proposal.value)]
        if proposal.message is not None:
            parts += ["with this message:", *visible_lines(proposal.message)]
        return [Section(Part.PROPOSAL, head, parts)]

    def _answer(self) -> list[Section]:
        schema = dialects.answer_schema(self.interrupt.question, self.request.index)
        if schema is None or DecisionType.RESPOND not in self.options:
            return []
        if self.sheet.words is not None and size_of(schema) > self.sheet.words:
            said = "The answer must fit a schema that is too large to show here; one that does not fit is refused."
            return [Section(Part.ANSWER, said)]
        return [Section(Part.ANSWER, "The answer must fit this schema:", visible_json(schema))]

    def _choices(self) -> list[Section]:
        """Show what is offered, each as it can be picked or typed."""
        choices = choices_of(self.interrupt)
        if not choices.by_text or DecisionType.RESPOND not in self.options:
            return []
        head = f"Answers that it offers; any other can be given too:{choices.rest}"
        return [Section(Part.CHOICES, head, list(choices.by_text))]

    def _standing(self) -> list[Section]:
        """Show what a yes or a no is to whoever asks."""
        return [
            Section(Part.STANDING, f"The answer that {kind.value} gives:", visible_json(answer))
            for kind, answer in standing(self.interrupt.question, self.request)
            if kind in self.options and not self.interrupt.round
        ]
