"""Functions that ask about a topic, each in another shape, and give what code would go on with."""

from collections.abc import Callable
from typing import Any

from asking_effects import effect
from langgraph.types import interrupt
from pydantic import BaseModel
from typing_extensions import TypedDict

from interrupt_mcp import sensitive

Ask = Callable[[str], Any]


class Person(BaseModel):
    name: str
    age: int


class Order(TypedDict):
    item: str
    count: int


def text(topic: str) -> Any:
    return interrupt(f"What about {topic}?")


def an_object(topic: str) -> Any:
    return interrupt({"question": f"What about {topic}?", "draft": [topic, 1, 2.5, None]})


def nothing(_topic: str) -> Any:
    return interrupt(None)


def person(topic: str) -> Any:
    return interrupt(f"Who is {topic}?", response_schema=Person).model_dump()


def order(topic: str) -> Any:
    return interrupt(f"What of {topic}?", response_schema=Order)


def yes_no(topic: str) -> Any:
    return interrupt(f"May {topic}?", response_schema={"type": "boolean"})


def enum(topic: str) -> Any:
    return interrupt(f"May {topic}?", response_schema={"enum": ["approve", "reject", "later"]})


def summary(topic: str) -> Any:
    schema = {
        "type": "object",
        "properties": {"summary": {"type": "string"}},
        "required": ["summary"],
        "default": {"summary": topic},
    }
    return interrupt({"task": "Review", "summary": topic}, response_schema=schema)


def fields(topic: str) -> Any:
    schema = {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}
    return interrupt(f"How many {topic}?", response_schema=schema)


def number(topic: str) -> Any:
    return interrupt(f"How much {topic}?", response_schema={"type": "integer", "minimum": 1})


def inbox_list(topic: str) -> Any:
    return interrupt([_inbox(topic, accept=True)])[0]


def inbox_bare(topic: str) -> Any:
    return interrupt(_inbox(topic, accept=True))


def inbox_respond_only(topic: str) -> Any:
    return interrupt([_inbox(topic, accept=False)])[0]


def _inbox(topic: str, *, accept: bool) -> dict[str, Any]:
    config = {"allow_accept": accept, "allow_edit": accept, "allow_respond": True, "allow_ignore": accept}
    return {"action_request": {"action": "do", "args": {"topic": topic}}, "config": config, "description": "Do it?"}


def middleware_like(topic: str) -> Any:
    """A graph that copies the shape of LangChain's middleware."""
    return interrupt(
        {
            "action_requests": [{"name": "do", "args": {"topic": topic}, "description": "Do it?"}],
            "review_configs": [{"action_name": "do", "allowed_decisions": ["approve", "edit", "reject", "respond"]}],
        }
    )["decisions"][0]


def form(topic: str) -> Any:
    schema = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
    return interrupt({"mode": "form", "message": f"Which {topic}?", "requestedSchema": schema})


def url(topic: str) -> Any:
    return interrupt({"mode": "url", "message": f"Sign in for {topic}", "url": "https://example.com/in"})


def carried(topic: str) -> Any:
    """Two questions of an MCP server at once."""
    schema = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
    return interrupt(
        {
            "type": "mcp_elicitation",
            "tool_name": "shop",
            "requests": [
                {"key": "a", "message": f"Which {topic}?", "mode": "form", "requested_schema": schema},
                {"key": "b", "message": "Sign in", "mode": "url", "url": "https://example.com/in"},
            ],
        }
    )["responses"]


@sensitive(allow=("accept", "edit", "reject", "respond"))
def mail(topic: str, copies: int = 1) -> str:
    """Sends a mail."""
    effect("mail", {"topic": topic, "copies": copies})
    return f"mailed {topic} {copies}"


def by_sensitive(topic: str) -> Any:
    return mail(topic)


ASKS: list[Ask] = [
    text,
    an_object,
    nothing,
    person,
    order,
    yes_no,
    enum,
    summary,
    fields,
    number,
    inbox_list,
    inbox_bare,
    inbox_respond_only,
    middleware_like,
    form,
    url,
    carried,
    by_sensitive,
]
