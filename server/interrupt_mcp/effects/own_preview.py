"""A tool as its preview must know it: the preview that it came with, and what it would be called with.

It calls no preview. Factories of defaults are the agent's own code, and may take long.
"""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from interrupt_mcp.effects.defaults import defaults_of, functions_of
from interrupt_mcp.effects.marks import preview_marked
from interrupt_mcp.model import JsonObject


def own_preview(target: object) -> Callable[..., object] | None:
    """Return the preview that `sensitive` left with a tool or a function; `None` where there is none."""
    marked = (preview_marked(each) for each in (target, *functions_of(target)))
    return next((each for each in marked if each is not None), None)


def called_with(target: object, args: JsonObject, shown: JsonObject) -> dict[str, Any]:
    """Return all that a tool or a function would be called with, but what LangGraph puts in.

    `args` are the arguments as they are decided, `shown` the defaults that were shown with them. A tool gets them as
    its schema reads them, so they do here; a function gets them as JSON.

    Raises:
        ValidationError: the tool would refuse them.
    """
    complete: dict[str, Any] = {**defaults_of(target, {**shown, **args}), **shown, **args}
    schema = getattr(target, "tool_call_schema", None)
    if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
        return complete
    read = schema.model_validate({name: value for name, value in complete.items() if name in schema.model_fields})
    return {name: getattr(read, name) if name in schema.model_fields else complete[name] for name in complete}
