"""`agents`: what can be started. To tell, it loads them all, and what they print meanwhile is not its output."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import Listing, add_arguments, show, with_store
from interrupt_mcp.process.arguments import export_model, settings_of

if TYPE_CHECKING:
    from interrupt_mcp.agents import AgentCard
    from interrupt_mcp.config import Settings
    from interrupt_mcp.store.port import Store

_HEADS = ("NAME", "DESCRIPTION")


def _run(args: Namespace) -> int:
    from interrupt_mcp.process import logs, wire

    with wire.printing() as out:
        settings = settings_of(args)
        logs.configure()
        export_model(settings)
        show(_found(settings, args), args, out)
    return 0


def _found(settings: "Settings", args: Namespace) -> Listing:
    import anyio

    from interrupt_mcp.agents.environment import this_environment
    from interrupt_mcp.agents.manifest import read_manifest
    from interrupt_mcp.agents.unused import unused
    from interrupt_mcp.views.run_json import card_body

    # Read once outside of the event loop, where an error would leave as a group of errors.
    of_no_effect = unused(read_manifest(settings.config_path), this_environment())
    cards, faults = anyio.run(_cards, settings)
    told = _warnings(settings, args, cards, faults)
    rows = [(card.name, f"cannot be loaded: {card.error}" if card.error else card.description) for card in cards]
    nothing = f"{settings.config_path} names no agents."
    notes = [f"{name}: {warning}" for name, warnings in told.items() for warning in warnings]
    body = {
        "agents": [card_body(card, told[card.name]) for card in cards],
        "unused": [{"keys": list(each.keys), "meaning": each.meaning} for each in of_no_effect],
    }
    return Listing(body, _HEADS, rows, nothing, [*notes, *map(str, of_no_effect)], firm=1)


def _warnings(
    settings: "Settings", args: Namespace, cards: Sequence["AgentCard"], faults: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Return the warnings of each agent, by name; `faults` are those of its previews.

    Nothing is looked up where policy says nothing of them.
    """
    from interrupt_mcp.views.agent_warnings import warnings

    ruled = [card.name for card in cards if settings.policy.says_something(card.name)]

    async def seen(store: "Store | None", _args: Namespace) -> dict[str, Mapping[str, bool]]:
        return {name: await store.runs.seen_tools(name) if store else {} for name in ruled}

    tools = with_store(seen, args) if ruled else {}
    return {
        card.name: warnings(settings.policy, card, tools.get(card.name, {}), faults[card.name], settings.auth)
        if card.name in tools
        else [*card.lacks, *faults[card.name]]
        for card in cards
    }


async def _cards(settings: "Settings") -> tuple[list["AgentCard"], dict[str, list[str]]]:
    """Return the agents, and by name what is wrong with their previews."""
    from interrupt_mcp.app import running

    async with running(settings) as app:
        cards = [await app.agents.describe(name) for name in app.agents.names()]
        return cards, {card.name: [*await app.preview_faults(card)] for card in cards}


def _arguments(parser: ArgumentParser) -> None:
    add_arguments(parser, limit=False)


COMMAND = Command("agents", "list the agents", _run, _arguments)
