"""What was sent by a form of a page, as text by name. It does not know what the names mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

_MOST = 2_000
"""Fields of a form."""


class TooMany(Exception):
    """The form has more fields than any page of ours."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a form. Browsers send no field for a box that is not ticked, nor for a button not pressed."""

    fields: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """Return the field's text; empty where it was not sent."""
        return self.fields.get(name, ("",))[-1]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all that was sent under the name."""
        return self.fields.get(name, ())

    def __contains__(self, name: str) -> bool:
        return name in self.fields


def sent(body: bytes) -> Sent:
    """Return the fields of a form that was sent as browsers do, with newlines as they were before.

    Raises:
        TooMany: there are more than any page has.
    """
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST)
    except ValueError as error:
        raise TooMany from error
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        # Browsers send each newline as two characters.
        fields[name] = (*fields.get(name, ()), value.replace("\r\n", "\n"))
    return Sent(fields)
