"""Validation: whether an agent takes an input or a context, said before anything is started."""

from interrupt_mcp.agents.agent import Agent
from interrupt_mcp.agents.schema import state_schema_of
from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.model import Json, JsonObject

_LONGEST = 300


def validate_input(agent: Agent, input: Json) -> None:
    """Refuse an input that the graph does not take.

    Raises:
        InvalidInput: it names the field.
    """
    _validate("input", input, agent.graph_schema)


def validate_context(agent: Agent, context: Json) -> None:
    """Refuse a context that the graph does not take; `None` is no context, and every graph takes that.

    Raises:
        InvalidInput: it names the field.
    """
    if context is None:
        return
    if agent.context_schema is None:
        raise InvalidInput(f"Agent {agent.name!r} takes no context")
    _validate("context", context, agent.context_schema)


def validate_values(agent: Agent, values: JsonObject) -> None:
    """Refuse values that are not parts of the graph's state.

    Raises:
        InvalidInput: it names the field.
    """
    schema = state_schema_of(agent.graph)
    if schema is None:
        raise InvalidInput(f"The state of agent {agent.name!r} has no fields that can be edited")
    _validate("values", values, schema)


def _validate(what: str, value: Json, schema: JsonObject) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(schema).iter_errors(value))
    if error is None:
        return
    message = error.message if len(error.message) <= _LONGEST else error.message[:_LONGEST] + "…"
    raise InvalidInput(f"{error.json_path.replace('$', what, 1)}: {message}")
