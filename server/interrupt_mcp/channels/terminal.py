"""The terminal channel: one request at a time, whole, and what the person at the keys decides about it.

It shows what forms show, without their limits. It does not know who starts it, nor how a run goes on.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from interrupt_mcp.authority import needs_digest, this_user
from interrupt_mcp.channels.editor import EditorFailed, edited
from interrupt_mcp.dialects.payload import same
from interrupt_mcp.errors import Error
from interrupt_mcp.forms import Form, Sheet, Undecided, cancels, form_of, goes_on, read
from interrupt_mcp.forms.changes import changes
from interrupt_mcp.forms.preview import EDITED_HEAD, lines
from interrupt_mcp.model import MISSING, Channel, Decision, DecisionType, Interrupt, JsonObject, Request
from interrupt_mcp.model.previews import Preview
from interrupt_mcp.runs.caller import Actor
from interrupt_mcp.text.ages import age
from interrupt_mcp.text.visible import escaped_json, visible_json, visible_lines

_MARGIN = 7
_KEYS = {
    DecisionType.ACCEPT: ("a", "a accept"),
    DecisionType.EDIT: ("e", "e edit"),
    DecisionType.REJECT: ("r", "r reject"),
    DecisionType.RESPOND: ("p", "p respond"),
}
_NOTHING = Undecided("Nothing was decided.")
_HEARD = "Whoever asks goes on with just this, even if it says no, and may do it:"
_INSTEAD = "This is the answer, in place of what was to be done:"
_AS_DONE = "It is taken as done, with this as its result:"


class Console(Protocol):
    """What a terminal can do."""

    @property
    def width(self) -> int:
        """Columns of a line."""

    def say(self, text: str) -> None:
        """Show a text to the person."""

    def ask(self, prompt: str) -> str | None:
        """Return a line that the person typed, or `None` at the end of input."""


class Chosen(Enum):
    """What the person did instead of deciding."""

    SKIP = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class _Edited:
    """An edit, and the preview of it that the person was shown."""

    decision: Decision
    preview: Preview | None


@dataclass(frozen=True, slots=True)
class Terminal:
    """A console at which a person decides."""

    console: Console
    decide: Callable[[Interrupt, Decision, Preview | None], str]
    """Keeps a decision, with the preview of an edit, and says what came of it.

    It raises an `Error` where it cannot be kept."""
    previewed: Callable[[Interrupt, int, JsonObject], Preview | None]
    """Tells what would change with the edited arguments of the request with that index."""

    @property
    def _sheet(self) -> Sheet:
        return Sheet(width=max(20, self.console.width - _MARGIN), longest=None, words=None)

    def review(self, interrupt: Interrupt, request: Request) -> Chosen | None:
        """Show the request until it is decided, or the person does something else."""
        form = form_of(interrupt, request, f"It was asked {age(interrupt.created_at)}.", sheet=self._sheet)
        if form is None:
            self.console.say(f"Policy lets nobody decide {interrupt.code}; cancel_run ends its run.")
            return Chosen.SKIP
        self.console.say(f"\n{form.message}\n")
        keys = {_KEYS[option][0]: option for option in form.options}
        menu = ", ".join([*(_KEYS[option][1] for option in form.options), "s skip, q quit"])
        while True:
            typed = self.console.ask(f"{menu}: ")
            match typed.strip().lower() if typed is not None else "q":
                case "q":
                    return Chosen.QUIT
                case "s":
                    return Chosen.SKIP
                case key if key in keys and self._decided(form, keys[key]):
                    return None

    def _decided(self, form: Form, kind: DecisionType) -> bool:
        made = self._made(form, kind)
        if isinstance(made, Undecided):
            self.console.say(made.reason)
            return False
        decision, preview = (made.decision, made.preview) if isinstance(made, _Edited) else (made, None)
        try:
            self.console.say(self.decide(form.interrupt, decision, preview))
        except Error as error:
            self.console.say(f"{error.code}: {error}")
            # Where it was decided elsewhere there is nothing more to decide here.
            return error.code in ("already_decided", "superseded", "stale_digest", "unknown_interrupt")
        return True

    def _made(self, form: Form, kind: DecisionType) -> Decision | _Edited | Undecided:
        match kind:
            case DecisionType.ACCEPT:
                return read(form, {"decision": kind.value}) if self._confirmed(form, kind) else _NOTHING
            case DecisionType.EDIT:
                return self._edited(form)
            case DecisionType.REJECT:
                heard_by = "record" if cancels(form.interrupt, form.request) else "agent"
                words = self.console.ask(f"Reason, for the {heard_by} (may be empty): ")
                if words is None:
                    return _NOTHING
                answer = {"decision": kind.value, "message": words}
                return read(form, answer) if self._confirmed(form, kind) else _NOTHING
            case DecisionType.RESPOND:
                return self._answered(form)

    def _confirmed(self, form: Form, kind: DecisionType, question: str = "") -> bool:
        """Whether the person means it: what may lead to an action of high risk takes more than one key."""
        if not needs_digest(form.interrupt.question, form.request, kind):
            return not question or self._yes(question)
        code = form.interrupt.code
        typed = self.console.ask(f"This is of high risk: type {code} to go on: ")
        return (typed or "").strip().upper() == code

    def _edited(self, form: Form) -> _Edited | Undecided:
        before = form.request.args
        text = escaped_json(before, indent=2) + "\n"
        while True:
            try:
                text = edited(text, ".json")
                args = _object(text)
            except EditorFailed as error:
                return Undecided(f"Nothing was decided. {error}")
            except ValueError as error:
                if not self._yes(f"{error}. Edit it again?"):
                    return _NOTHING
                continue
            if same(args, before):
                return Undecided("Nothing was changed, and nothing was decided.")
            self._show_change(before, args)
            preview = self._show_preview(form, args)
            if not self._confirmed(form, DecisionType.EDIT, "Decide so?"):
                return _NOTHING
            return _Edited(form.decision(DecisionType.EDIT, args=args), preview)

    def _answered(self, form: Form) -> Decision | Undecided:
        typed = self.console.ask("Answer, text or JSON (Enter alone opens your editor): ")
        if typed is None:
            return _NOTHING
        if not typed.strip():
            try:
                typed = edited("", ".txt").removesuffix("\n")
            except EditorFailed as error:
                return Undecided(f"Nothing was decided. {error}")
        decision = read(form, {"decision": DecisionType.RESPOND.value, "value_json": typed})
        if isinstance(decision, Undecided) or decision.value is MISSING:
            return _NOTHING if isinstance(decision, Decision) else decision
        heard = goes_on(form.interrupt, form.request)
        self.console.say(_HEARD if heard else _AS_DONE if form.interrupt.round else _INSTEAD)
        self.console.say("\n".join(self._sheet.quoted(visible_json(decision.value))))
        sure = self._yes("Answer so?") and self._confirmed(form, DecisionType.RESPOND)
        return decision if sure else _NOTHING

    def _show_change(self, before: JsonObject, after: JsonObject) -> None:
        self.console.say("\n".join(self._sheet.quoted(changes(before, after))))

    def _show_preview(self, form: Form, args: JsonObject) -> Preview | None:
        """Show what would change with the edited arguments, where there is a preview, and return it."""
        try:
            preview = self.previewed(form.interrupt, form.request.index, args)
        except Error as error:
            self.console.say(f"{error.code}: {error}")
            return None
        if preview is not None:
            self.console.say("\n".join([EDITED_HEAD, *self._sheet.quoted(lines(preview))]))
        return preview

    def _yes(self, question: str) -> bool:
        return (self.console.ask(f"{question} [y/N] ") or "").strip().lower() in ("y", "yes")


def _object(text: str) -> JsonObject:
    """Read a JSON object.

    Raises:
        ValueError: it is none.
    """
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("That is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"That is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ValueError("That is no JSON object")
    return found


def actor() -> Actor:
    """Return the person at the terminal, who is the system's user."""
    return Actor(Channel.TERMINAL, this_user().principal)


def quoted(text: str) -> list[str]:
    """Return what an agent said as lines that pass for nothing else."""
    return Sheet(longest=None).quoted(visible_lines(text))
