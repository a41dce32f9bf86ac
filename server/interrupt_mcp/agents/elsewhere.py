"""Agents that run elsewhere, as they are offered and run here: nothing of theirs is imported, and no file is theirs.

What their server says of them is asked for when they are listed or started, and not when a run of theirs is driven.
"""

from dataclasses import replace
from types import ModuleType

from interrupt_mcp.agents import schema
from interrupt_mcp.agents.agent import Agent, AgentCard, example_of
from interrupt_mcp.agents.datatypes import DataTypes
from interrupt_mcp.agents.manifest import Entry
from interrupt_mcp.model import JsonObject, digest_of
from interrupt_mcp.remote.card import RemoteCard, RemoteCards
from interrupt_mcp.remote.place import Place


class Elsewhere:
    """Those of one project."""

    def __init__(self, project: str) -> None:
        """The project is whose threads there are."""
        self._project = project
        self._cards = RemoteCards()

    async def load(self, entry: Entry, place: Place) -> Agent:
        """Return the agent as its server says that it is, or said last where it does not answer within seconds."""
        return _made(entry, self._of_project(place), await self._cards.card(place))

    def known(self, entry: Entry, place: Place) -> Agent:
        """Return the agent as far as it is known, asking nobody."""
        return _made(entry, self._of_project(place), self._cards.known(place))

    async def describe(self, entry: Entry, place: Place) -> AgentCard:
        """Return the agent as it is offered, whether its server can be reached or not. It imports no LangGraph."""
        return _offered(entry, place, await self._cards.card(place))

    def _of_project(self, place: Place) -> Place:
        return replace(place, project=self._project)


def _made(entry: Entry, place: Place, card: RemoteCard) -> Agent:
    from interrupt_mcp.remote.graph import graph_of

    graph, offered, own = graph_of(place), _offered(entry, place, card), _input_schema(card)
    properties = own.get("properties")
    return Agent(
        name=entry.name,
        description=offered.description,
        graph=graph,
        # Where nothing is known, the server says whether it takes a message.
        has_messages=not own or (isinstance(properties, dict) and "messages" in properties),
        input_schema=offered.input_schema,
        graph_schema=own,
        # The server checks the context.
        context_schema=None,
        context=entry.context,
        graph_id=entry.graph,
        made_for_runs=False,
        example=offered.example,
        digest=digest_of({"url": place.url, "graph_id": place.graph_id}),
        tools={},
        types=DataTypes(graph, ModuleType("remote"), ()),
        place=place,
    )


def _offered(entry: Entry, place: Place, card: RemoteCard) -> AgentCard:
    own, context_schema = _input_schema(card), schema.without(card.context_schema, entry.context)
    return AgentCard(
        entry.name,
        entry.description or card.description,
        schema.shown_schema(own),
        example_of(entry) or schema.example_for(entry.name, own, context_schema),
        context_schema=context_schema,
        note=place.note,
        lacks=_lacking(place, card),
    )


def _input_schema(card: RemoteCard) -> JsonObject:
    """Return the schema of its input; empty where it is not known."""
    return {} if card.input_schema is None else schema.of_server(card.input_schema)


def _lacking(place: Place, card: RemoteCard) -> tuple[str, ...]:
    """Return a sentence for each thing that its operator should see to."""
    found = [f"{card.fault}. It is listed with what is known of it."] if card.fault else []
    if place.is_open:
        found.append(f"The key in {place.api_key_env} goes to {place.origin} in the clear: use https.")
    return tuple(found)
