"""What a question offers, as a person picks it: each choice under a text that can be seen, and that is not another's.

The text of a choice is what is typed for it as an answer: a text as it is, unless it would be read as something else;
all else as JSON. So the graph gets each choice as it offered it, a number as a number and a text as a text.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from interrupt_mcp import dialects
from interrupt_mcp.dialects.payload import unkeepable
from interrupt_mcp.model import MISSING, Interrupt, Json, JsonObject, Missing
from interrupt_mcp.text.visible import escaped_json, is_visible

CHOICE = "choice"
"""The field for an answer that is picked."""
_MOST = 50
_LONGEST = 100
"""Characters of a choice that can be picked."""
_MOST_LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices by the text under which each is shown."""

    by_text: Mapping[str, Json] = field(default_factory=dict)
    all: bool = True
    """Whether these are all that the question offers; there may be too many, or some that are too long to show."""

    @property
    def rest(self) -> str:
        """What is said of the others, where there are any."""
        return "" if self.all else " It offers more than these."

    def text_of(self, value: Json | Missing) -> str | None:
        """Return the text under which the value can be picked; none where it cannot."""
        text = None if isinstance(value, Missing) else _text(value)
        return text if text in self.by_text else None

    def picked(self, text: str) -> Json | Missing:
        """Return the choice that somebody picked, or typed as it reads; missing where it is none."""
        text = text.strip()
        return self.by_text.get(text, text if text in self.by_text.values() else MISSING)

    def schema(self, shown: Json | Missing) -> JsonObject:
        """Return the JSON Schema of the field, filled in with the answer that is `shown` where it is one of these."""
        said = f"For respond: one of these, or another answer in the field for it.{self.rest}"
        made: JsonObject = {"type": "string", "title": "Choice", "description": said, "enum": [*self.by_text]}
        text = self.text_of(shown)
        return made if text is None else {**made, "default": text}


def choices_of(interrupt: Interrupt) -> Choices:
    """Return what can be picked as an answer; nothing where the answer would be the result of what is in doubt."""
    offered = () if interrupt.round else dialects.choices_in(interrupt.question)
    texts = list(_texts(islice(offered, _MOST_LOOKED_AT)))
    fitting = dict(list({text: value for text, value in texts if text is not None}.items())[:_MOST])
    left = len(offered) > _MOST_LOOKED_AT or any(text not in fitting for text, _ in texts)
    return Choices(fitting, all=not left)


def _texts(offered: Iterable[Json]) -> Iterator[tuple[str | None, Json]]:
    """Yield each choice with its text; with none where it is too long, or could not be kept as an answer."""
    for value in offered:
        short = not (isinstance(value, str) and len(value) > _LONGEST) and unkeepable(value) is None
        text = _text(value) if short else None
        yield (text if text is not None and len(text) <= _LONGEST else None), value


def _text(value: Json) -> str:
    return value if isinstance(value, str) and _reads_as_itself(value) else escaped_json(value)


def _reads_as_itself(text: str) -> bool:
    """Whether the text can be seen, is as it was after spaces were cut off, and would not be taken for JSON."""
    if not text or text != text.strip() or not is_visible(text) or text[0] in '{["':
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return True
    return False
