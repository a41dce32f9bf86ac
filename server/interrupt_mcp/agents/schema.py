"""Schemas: what an agent's graph takes, as JSON Schema, and how `list_agents` shows it.

LangGraph's own schema of a graph is corrected where LangGraph takes more, or less, than it says.
"""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any

from interrupt_mcp.dialects.schemas import published
from interrupt_mcp.model import Json, JsonObject

_MESSAGE_TYPES = frozenset(("AIMessage", "BaseMessage", "HumanMessage"))
_OBJECT: JsonObject = {"type": "object"}
_MESSAGES: JsonObject = {
    "type": ["array", "object", "string"],
    "description": "Chat messages: a text, a message, or a list of texts, messages, and pairs of role and content.",
    "examples": [[{"role": "user", "content": "Hello"}]],
}
_MESSAGE: JsonObject = {"type": "string", "description": "What to say to the agent."}


def input_schema_of(graph: Any) -> JsonObject:
    """Return the schema of what the graph takes as its input."""
    from langgraph.graph.state import CompiledStateGraph

    schema = published(graph.get_input_jsonschema)
    if not isinstance(graph, CompiledStateGraph):
        return schema or {}
    schema = schema or _schema_by_field(graph)
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return schema
    builder = graph.builder
    for name in set(properties) & set(builder.managed):
        del properties[name]
    if "messages" in properties:
        # LangGraph takes messages in many forms, of which its schema knows one.
        properties["messages"] = dict(_MESSAGES)
    if builder.input_schema is builder.state_schema and hasattr(builder.state_schema, "__required_keys__"):
        # A state's TypedDict says what the state may hold; LangGraph takes any part of it as input.
        schema.pop("required", None)
    # LangGraph drops other keys without a word.
    schema.setdefault("additionalProperties", False)
    return _without_unused(schema)


def of_server(schema: JsonObject) -> JsonObject:
    """Return the schema of the input of an agent that runs elsewhere, as its server says it, corrected likewise."""
    properties = schema.get("properties")
    # Which of them it must have, the server knows.
    found = {key: value for key, value in schema.items() if key != "required"}
    if not isinstance(properties, dict) or not properties:
        return found
    if "messages" in properties:
        properties = {**properties, "messages": dict(_MESSAGES)}
    return _without_unused({"additionalProperties": False, **found, "properties": properties})


def state_schema_of(graph: Any) -> JsonObject | None:
    """Return the schema of the graph's state, as its reducers take it; `None` where no fields of it are known."""
    from langgraph.graph.state import CompiledStateGraph

    if not isinstance(graph, CompiledStateGraph):
        return None
    properties: JsonObject = {}
    definitions: JsonObject = {}
    for key, (field, inner) in _fields(graph, graph.builder.channels).items():
        is_message = not _MESSAGE_TYPES.isdisjoint(inner)
        properties[key] = {"type": ["array", "object", "string"]} if is_message else field
        definitions |= {} if is_message else inner
    schema: JsonObject = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"$defs": definitions} if definitions else {})


def context_schema_of(graph: Any) -> JsonObject | None:
    """Return the schema of what the graph takes as its context, `None` where it takes none."""
    if graph.context_schema is None:
        return None
    return published(graph.get_context_jsonschema) or dict(_OBJECT)


def without(schema: JsonObject | None, given: JsonObject) -> JsonObject | None:
    """Return the schema of a context without the names that are given already."""
    if schema is None or not given:
        return schema
    properties, required = schema.get("properties"), _texts(schema.get("required"))
    known = properties if isinstance(properties, dict) else {}
    left: JsonObject = {name: each for name, each in known.items() if name not in given}
    wanted: list[Json] = [name for name in required if name not in given]
    rest = {name: each for name, each in schema.items() if name != "required"}
    return {**rest, "properties": left, **({"required": wanted} if wanted else {})}


def shown_schema(own: JsonObject) -> JsonObject:
    """Return the schema of the input as `list_agents` shows it.

    With `messages` in it, these are arguments of `start_run`: `message`, and `input` where there is more to give.
    Else it is the schema of `input` itself.
    """
    properties = own.get("properties")
    if not isinstance(properties, dict) or "messages" not in properties:
        return {"description": "What to give as `input`.", **own}
    if len(properties) == 1:
        return {"type": "object", "properties": {"message": dict(_MESSAGE)}, "required": ["message"]}
    inner: JsonObject = {key: value for key, value in own.items() if key != "$defs"}
    definitions: JsonObject = {"$defs": own["$defs"]} if "$defs" in own else {}
    if set(_texts(own.get("required"))) - {"messages"}:
        return {"type": "object", "properties": {"input": inner}, "required": ["input"], **definitions}
    return {
        "type": "object",
        "properties": {"message": dict(_MESSAGE), "input": inner},
        "oneOf": [{"required": ["message"]}, {"required": ["input"]}],
        **definitions,
    }


def example_for(name: str, own: JsonObject, context: JsonObject | None = None) -> JsonObject:
    """Make up arguments for `start_run`: a greeting, or what is required, or what is simple.

    `own` is the schema of the input, and `context` that of the context, of which only what is required is given.
    """
    needed = _samples(context or {}, _texts((context or {}).get("required")))
    return {"agent": name, **_example(own), **({"context": needed} if needed else {})}


def _example(own: JsonObject) -> JsonObject:
    properties = own.get("properties")
    if not isinstance(properties, dict):
        sample = _sample(own)
        return {"input": {} if sample is None else sample}
    required = [key for key in _texts(own.get("required")) if key in properties]
    if "messages" in properties and set(required) <= {"messages"}:
        return {"message": "Hello"}
    made = _samples(own, required or properties)
    return {"input": {key: value for key, value in made.items() if required or not isinstance(value, list | dict)}}


def _samples(schema: JsonObject, names: Iterable[str]) -> JsonObject:
    properties = schema.get("properties")
    known = properties if isinstance(properties, dict) else {}
    made = {name: _sample(known[name]) for name in names if name in known}
    return {name: value for name, value in made.items() if value is not None}


def _schema_by_field(graph: Any) -> JsonObject:
    """Return the schema where one of its fields has none, or where Python 3.11's own TypedDict is used."""
    builder = graph.builder
    typed = builder.input_schema
    fields = _fields(graph, [key for key in builder.schemas[typed] if key in builder.channels])
    properties: JsonObject = {key: field for key, (field, _) in fields.items()}
    definitions: JsonObject = {name: each for _, inner in fields.values() for name, each in inner.items()}
    required: list[Json] = [key for key in fields if key in getattr(typed, "__required_keys__", ())]
    schema: JsonObject = {"type": "object", "properties": properties, "required": required}
    return schema | ({"$defs": definitions} if definitions else {})


def _fields(graph: Any, keys: Iterable[str]) -> dict[str, tuple[JsonObject, JsonObject]]:
    """Return the schema of each of these fields of the state, empty where it has none, and the definitions it uses."""
    from pydantic import TypeAdapter

    def schema(key: str) -> object:
        return TypeAdapter(graph.builder.channels[key].UpdateType).json_schema()

    fields = {key: published(partial(schema, key)) or {} for key in keys}
    definitions = {key: field.pop("$defs", None) for key, field in fields.items()}
    return {key: (field, inner if isinstance(inner := definitions[key], dict) else {}) for key, field in fields.items()}


def _without_unused(schema: JsonObject) -> JsonObject:
    """Return the schema with the definitions it refers to, and no others."""
    definitions = schema.pop("$defs", None)
    if not isinstance(definitions, dict):
        return schema
    used: JsonObject = {}
    unread: list[Json] = [schema]
    while unread:
        text = json.dumps(unread.pop())
        for name, definition in definitions.items():
            if name not in used and json.dumps(f"#/$defs/{name}") in text:
                used[name] = definition
                unread.append(definition)
    return {**schema, "$defs": used} if used else schema


def _sample(schema: Json) -> Json:
    """Return a simple value of the kind, `None` where there is none."""
    if not isinstance(schema, dict):
        return None
    for key in ("default", "const"):
        if schema.get(key) is not None:
            return schema[key]
    for key in ("examples", "enum", "anyOf"):
        if isinstance(choices := schema.get(key), list) and choices:
            return _sample(choices[0]) if key == "anyOf" else choices[0]
    simple: JsonObject = {"string": "text", "integer": 1, "number": 1.0, "boolean": True, "array": [], "object": {}}
    kind = schema.get("type")
    return simple.get(kind) if isinstance(kind, str) else None


def _texts(value: Json | None) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
