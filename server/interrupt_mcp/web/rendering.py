"""Rendering: templates with values in them, all of which are escaped, and what nobody vouches for made visible."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from interrupt_mcp.forms import Form, preview
from interrupt_mcp.forms.fields import Field
from interrupt_mcp.model import MISSING
from interrupt_mcp.model.previews import preview_body
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.text.ages import age
from interrupt_mcp.text.visible import escaped_json, visible, visible_json, visible_lines
from interrupt_mcp.web.addresses import query, thread_page

_LONG = 400
"""Characters of a value that is folded."""
_LINES = 12
_TITLE = 80


class Rendering:
    """The templates of the pages."""

    def __init__(self, root: str = "", provider: str = "", *, secure: bool = False) -> None:
        """`root` is the path under which the inbox is, which all that leads to a page begins with.

        `provider` is what people know the provider by at which they can sign in, if there is one. `secure` is whether
        people come by TLS, which a proxy may have taken off.
        """
        self.root = root
        self.secure = secure
        self._environment = Environment(
            loader=PackageLoader("interrupt_mcp.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(
            visible=lambda text: visible(str(text)),
            brief=brief,
            lines=lambda text: visible_lines(str(text)),
            json_lines=visible_json,
            age=age,
            when=when,
            is_long=is_long,
            thread_name=name_of,
            kind=lambda preview: preview_body(preview)["kind"],
            preview_lines=preview.lines,
        )

        self._environment.globals.update(
            heads={"of_asked": preview.HEAD, "of_edit": preview.EDITED_HEAD},
            field_text=field_text,
            args_text=args_text,
            root=root,
            provider=provider,
            thread_page=lambda thread_id: f"{root}{thread_page(thread_id)}",
            query=query,
        )

    def page(self, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """Return a page, by its template's name without its ending."""
        return HTMLResponse(self.text(template, values), status)

    def text(self, template: str, values: Mapping[str, Any]) -> str:
        """Return the page as text."""
        return self._environment.get_template(f"{template}.html").render(values)


def field_text(field: Field) -> str:
    """Return what an argument's field holds before somebody fills it in."""
    if field.shown is MISSING:
        return ""
    return field.shown if isinstance(field.shown, str) else json.dumps(field.shown)


def args_text(form: Form) -> str:
    """Return all arguments of a form as JSON that can be edited."""
    return escaped_json(form.fields.args, indent=2)


def brief(text: object, most: int = _TITLE) -> str:
    """Return the beginning of a text, on one line and visible, with a mark where there is more of it."""
    whole = str(text)
    return visible(whole) if len(whole) <= most else f"{visible(whole[:most])}…"


def when(at: datetime) -> str:
    """Return a moment as a person of this machine reads it."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def is_long(lines: list[str], characters: int = _LONG, most: int = _LINES) -> bool:
    """Whether visible lines are so many, or so long, that they are folded."""
    return len(lines) > most or sum(map(len, lines)) > characters
