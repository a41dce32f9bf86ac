"""Validation: whether an agent takes an input or a context, said before anything is started."""

from typing_extensions import is_typeddict

from interrupt_mcp.agents.agent import Agent
from interrupt_mcp.agents.schema import state_schema_of
from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.model import Json, JsonObject

_LONGEST = 300


def validate_input(agent: Agent, input: Json) -> None:
    """Refuse names that the graph's input does not have, which LangGraph would drop without a word.

    Of what kind the values are, LangGraph leaves to the graph; so do we.

    Raises:
        InvalidInput: it is no object where the graph has named fields, or a name is none of them.
    """
    if agent.graph_schema.get("additionalProperties") is False:
        _validate("input", input, _names_of(agent.graph_schema))


def validate_context(agent: Agent, context: JsonObject) -> None:
    """Refuse a context that the graph does not take; one without a schema takes any.

    Raises:
        InvalidInput: it names the field.
    """
    if agent.context_schema is None:
        return
    given: JsonObject = {name: value for name, value in context.items() if name not in agent.context}
    only_names = is_typeddict(agent.graph.context_schema)
    _validate("context", given, _names_of(agent.context_schema) if only_names else agent.context_schema)


def validate_values(agent: Agent, values: JsonObject) -> None:
    """Refuse values that are not parts of the graph's state.

    Raises:
        InvalidInput: it names the field.
    """
    schema = state_schema_of(agent.graph)
    if schema is None:
        raise InvalidInput(f"The state of agent {agent.name!r} has no fields that can be edited")
    _validate("values", values, schema)


def _names_of(schema: JsonObject) -> JsonObject:
    """Return the schema of the same names, of any kind, as LangGraph takes a `TypedDict`."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return {"type": "object"}
    return {"type": "object", "properties": dict.fromkeys(properties, True), "additionalProperties": False}


def _validate(what: str, value: Json, schema: JsonObject) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(schema).iter_errors(value))
    if error is None:
        return
    message = error.message if len(error.message) <= _LONGEST else error.message[:_LONGEST] + "…"
    raise InvalidInput(f"{error.json_path.replace('$', what, 1)}: {message}")
