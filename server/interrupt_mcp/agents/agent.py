"""An agent: a loaded graph, with what has to be known of it to offer it, start it and watch over it."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from interrupt_mcp.agents import schema
from interrupt_mcp.agents.datatypes import DataTypes
from interrupt_mcp.agents.factory import takes_config
from interrupt_mcp.agents.manifest import Entry
from interrupt_mcp.agents.tools import by_name, named_in, tools_of
from interrupt_mcp.model import JsonObject, digest_of
from interrupt_mcp.remote.place import Place


@dataclass(frozen=True, slots=True)
class Agent:
    """A graph that can be run."""

    name: str
    description: str
    graph: Any
    """The user's own object, which is not to be changed."""
    has_messages: bool
    """Whether its input has `messages`."""
    input_schema: JsonObject
    """The schema of its input, as `list_agents` shows it."""
    graph_schema: JsonObject
    """The schema of the graph's own input: what `input` has to be."""
    context_schema: JsonObject | None
    """The schema of its context, of what a caller may give; `None` where it has none, and takes anything."""
    context: JsonObject
    """What each run of it has in its context, which no caller changes."""
    graph_id: str
    """The name of its graph in `langgraph.json`."""
    made_for_runs: bool
    """Whether each run has one made for it, by a function that takes the run's configuration."""
    example: JsonObject
    """Arguments for `start_run` that show it at work."""
    digest: str
    """Changes when the agent is another: at another path, with other tools, or other arguments of a tool."""
    tools: Mapping[str, JsonObject]
    """The schemas of its tools' arguments, by name."""
    types: DataTypes
    """The types that its stored values may be made again of."""
    tool_objects: Mapping[str, Any] = field(default_factory=dict)
    """Its tools themselves, by name; of several of one name the first."""
    place: Place | None = None
    """The Agent Server where it runs: then the graph stands for it here, and no gate is at its tools."""

    def named(self, name: str) -> Any:
        """Return its tool of that name, or else a tool or function that one of its own modules has; `None` if none."""
        return self.tool_objects[name] if name in self.tool_objects else named_in(self.types.modules(), name)


@dataclass(frozen=True, slots=True)
class AgentCard:
    """An agent as it is offered."""

    name: str
    description: str
    input_schema: JsonObject
    example: JsonObject
    error: str | None = None
    """Why it could not be loaded: then it has no schema."""
    context_schema: JsonObject | None = None
    tools: frozenset[str] = frozenset()
    """The names of the tools in its tool nodes."""
    preview_faults: tuple[str, ...] | None = None
    """A sentence for each preview that policy names for its tools and that cannot be loaded; `None`: not looked at."""
    note: str = ""
    """What whoever looks at it or at its runs should know; of one that runs elsewhere, that no gate is there."""
    lacks: tuple[str, ...] = ()
    """A sentence for each thing that is not as it should be where it runs elsewhere."""


def agent_of(
    entry: Entry, attribute: object, module: ModuleType, graph: Any, directories: Iterable[Path] = ()
) -> Agent:
    """Make the agent of what an entry of `langgraph.json` led to; `directories` are those whose modules are its own."""
    own = schema.input_schema_of(graph)
    properties = own.get("properties")
    tools = tools_of(graph)
    context_schema = schema.without(schema.context_schema_of(graph), entry.context)
    return Agent(
        name=entry.name,
        description=entry.description or _documented(attribute, module, graph),
        graph=graph,
        has_messages=isinstance(properties, dict) and "messages" in properties,
        input_schema=schema.shown_schema(own),
        graph_schema=own,
        context_schema=context_schema,
        context=entry.context,
        graph_id=entry.graph,
        made_for_runs=takes_config(attribute),
        example=example_of(entry) or schema.example_for(entry.name, own, context_schema),
        digest=digest_of({"target": entry.target, "tools": {**tools}}),
        tools=tools,
        types=DataTypes(graph, module, directories),
        tool_objects=by_name(graph),
    )


def example_of(entry: Entry) -> JsonObject:
    """Return the example in `langgraph.json`, empty where there is none."""
    return {"agent": entry.name, **entry.example} if entry.example is not None else {}


def _documented(attribute: object, module: ModuleType, graph: Any) -> str:
    """Return the first paragraph of what the author wrote: at the function, or at the top of the file."""
    own = attribute.__doc__ if inspect.isroutine(attribute) or inspect.isclass(attribute) else _entrypoint_doc(graph)
    return " ".join(inspect.cleandoc(own or module.__doc__ or "").split("\n\n")[0].split())


def _entrypoint_doc(graph: Any) -> str | None:
    """Return the docstring of the function under LangGraph's `@entrypoint`, which is the graph's only node."""
    from langgraph.graph.state import CompiledStateGraph

    if isinstance(graph, CompiledStateGraph) or len(graph.nodes) != 1:
        return None
    bound = next(iter(graph.nodes.values())).bound
    function = getattr(bound, "func", None) or getattr(bound, "afunc", None)
    return function.__doc__ if inspect.isroutine(function) else None
