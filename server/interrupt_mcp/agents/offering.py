"""Offering: the agents that there are, of the graphs in `langgraph.json` and what `interrupt-mcp.toml` says of them."""

from collections.abc import Mapping
from dataclasses import replace

from interrupt_mcp.agents.manifest import Entry, Manifest
from interrupt_mcp.config import SETTINGS_FILE
from interrupt_mcp.config.offers import Offer
from interrupt_mcp.errors import ConfigError


def offered(manifest: Manifest, offers: Mapping[str, Offer]) -> dict[str, Entry]:
    """Return the agents by name, those of `langgraph.json` first.

    Raises:
        ConfigError: a graph is offered that the file does not have.
    """
    graphs = manifest.entries
    found = dict(graphs)
    for name, offer in offers.items():
        graph = graphs.get(offer.graph or name)
        if graph is not None:
            found[name] = _told(name, graph, offer)
        elif offer.graph:
            raise ConfigError(
                f"`agents.{name}.graph` in {SETTINGS_FILE} is {offer.graph!r}, and {manifest.path} has no such graph;"
                f" it has {', '.join(graphs) or 'none'}"
            )
    return found


def _told(name: str, graph: Entry, offer: Offer) -> Entry:
    example = offer.example
    if example is None and name == graph.name:
        example = graph.example
    return replace(
        graph,
        name=name,
        description=offer.description or graph.description,
        example=None if example is None else dict(example),
        context=dict(offer.context or {}),
    )
