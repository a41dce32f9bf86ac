"""What was typed into a request's form on a page, as the form reads it: numbers as numbers, boxes as yes or no.

It does not know whether it can be taken; what cannot even be read is left as the text that it is, for the form to say.
"""

import json
import re
from collections.abc import Mapping

from interrupt_mcp.forms import Form
from interrupt_mcp.forms.choices import CHOICE
from interrupt_mcp.forms.fields import ARGS_JSON, Field
from interrupt_mcp.forms.form import VALUE
from interrupt_mcp.model import MISSING, DecisionType, Json
from interrupt_mcp.web.sent import Sent

MESSAGE = "message"
_LABELS = {VALUE: "Answer", ARGS_JSON: "Arguments as JSON", CHOICE: "Choice", MESSAGE: "Message"}
_NAMED = re.compile(r"`(arg_)?([^`]+)`")


def content(form: Form, sent: Sent, kind: DecisionType) -> Mapping[str, Json]:
    """Return what the form was filled in with, to decide so."""
    filled: dict[str, Json] = {"decision": kind.value}
    filled |= {name: sent.text(name) for name in (MESSAGE, VALUE, CHOICE) if sent.text(name).strip()}
    if kind is DecisionType.EDIT:
        filled |= {field.key: _value(field, sent) for field in form.fields.single}
        if form.fields.as_json and ARGS_JSON in sent:
            filled[ARGS_JSON] = sent.text(ARGS_JSON)
    return filled


def said_plainly(reason: str) -> str:
    """Return a reason of the form's with its fields called as the page calls them."""
    return _NAMED.sub(lambda found: f"“{_LABELS.get(found[2], found[2])}”", reason)


def _value(field: Field, sent: Sent) -> Json:
    if field.kind == "boolean":
        # A box that was empty before and is empty now was left as it is.
        ticked = field.key in sent
        return None if field.shown is MISSING and not ticked else ticked
    text = sent.text(field.key)
    if field.kind == "string":
        return text
    if field.shown is MISSING and not text.strip():
        return None
    try:
        number = json.loads(text.strip())
    except (ValueError, RecursionError):
        return text
    return number if isinstance(number, int | float) else text
