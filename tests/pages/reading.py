"""Reading a page as a person finds things on it: by region, by the text of a link, by the name of a button."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_WITHIN_LINES = frozenset(("a", "span", "strong", "em", "code", "q", "small", "kbd", "textarea", "option"))
"""Elements before and after which the line goes on."""
_EMPTY = frozenset(("meta", "link", "input", "br"))
"""Elements that have no end."""


@dataclass
class Element:
    """One element, with what is in it."""

    tag: str
    attributes: dict[str, str]
    inside: "list[Element | str]" = field(default_factory=list)

    def all(self) -> "Iterator[Element]":
        """Yield this one and all within it, in the order of the page."""
        yield self
        for each in self.inside:
            if isinstance(each, Element):
                yield from each.all()

    @property
    def raw(self) -> str:
        """All text in it, as it is, with a space around what stands by itself."""
        text = "".join(each if isinstance(each, str) else each.raw for each in self.inside)
        return text if self.tag in _WITHIN_LINES else f" {text} "

    @property
    def text(self) -> str:
        """All text in it, with one space where there are several, or a newline."""
        return " ".join(self.raw.split())

    def found(self, tag: str, text: str = "") -> "list[Element]":
        """Return the elements of that kind whose text has this in it."""
        return [each for each in self.all() if each.tag == tag and text in each.text]

    def link(self, text: str) -> str:
        """Return where the one link leads whose text has this in it."""
        (target,) = {each.attributes["href"] for each in self.found("a", text)}
        return target


@dataclass
class Form:
    """A form and the button in it that is pressed."""

    method: str
    action: str
    fields: dict[str, str]


@dataclass
class Page:
    """One page as it came."""

    url: str
    status: int
    source: str
    root: Element

    @property
    def path(self) -> str:
        """Its address within the server."""
        return "/" + self.url.partition("://")[2].partition("/")[2]

    @property
    def heading(self) -> str:
        (found,) = self.root.found("h1")
        return found.text

    @property
    def alert(self) -> str:
        """What the page says of what was not done; empty where it says nothing."""
        return " ".join(each.text for each in self.root.all() if each.attributes.get("role") == "alert")

    def has_region(self, name: str) -> bool:
        return bool(self._regions(name))

    def region(self, name: str) -> Element:
        (found,) = self._regions(name)
        return found

    def form(self, button: str, nth: int = 0) -> Form:
        """Return the form of the nth button with that name."""
        named = [each for each in self.root.found("button") if each.text == button and "hidden" not in each.attributes]
        pressed = named[nth]
        form = self._form_of(pressed)
        fields = {each.attributes["name"]: _value(each) for each in form.all() if each.attributes.get("name")}
        for each in form.found("button"):
            fields.pop(each.attributes.get("name", ""), None)
        if name := pressed.attributes.get("name"):
            fields[name] = pressed.attributes.get("value", "")
        action = pressed.attributes.get("formaction", form.attributes["action"])
        return Form(form.attributes["method"], action, fields)

    def buttons(self) -> list[str]:
        return [each.text for each in self.root.found("button") if "hidden" not in each.attributes]

    def _form_of(self, button: Element) -> Element:
        """Return the form that the button sends: the one that it names, else the one around it."""
        named, forms = button.attributes.get("form"), self.root.found("form")
        (found,) = [
            each
            for each in forms
            if (each.attributes.get("id") == named if named else any(inside is button for inside in each.all()))
        ]
        return found

    def _regions(self, name: str) -> list[Element]:
        return [e for e in self.root.all() if e.tag == "section" and e.attributes.get("aria-label") == name]


def page(url: str, status: int, source: str) -> Page:
    """Read a page."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return Page(url, status, source, reader.root)


def _value(element: Element) -> str:
    # A newline right after the tag of a text area is no part of what is in it.
    return element.raw.removeprefix("\n") if element.tag == "textarea" else element.attributes.get("value", "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in _EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        # All that a page of ours opens it closes, in order.
        assert self._open.pop().tag == tag, f"{tag} ends where something else is open"

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)
