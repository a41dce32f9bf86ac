"""`agents`: what can be started. To tell, it loads them all, and what they print meanwhile is not its output."""

from argparse import ArgumentParser, Namespace
from functools import partial
from typing import TYPE_CHECKING

from interrupt_mcp.cli.command import Command, export_model, settings_of
from interrupt_mcp.cli.listing import Listing, add_arguments, show, with_store

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

    from interrupt_mcp.agents.manifest import read_manifest
    from interrupt_mcp.views.run_json import card_body

    # Read once outside of the event loop, where an error would leave as a group of errors.
    read_manifest(settings.config_path)
    cards = anyio.run(_cards, settings)
    told = {card.name: _warnings(settings, args, card) for card in cards}
    rows = [(card.name, f"cannot be loaded: {card.error}" if card.error else card.description) for card in cards]
    nothing = f"{settings.config_path} names no agents."
    notes = [f"{name}: {warning}" for name, warnings in told.items() for warning in warnings]
    return Listing(
        {"agents": [card_body(card, told[card.name]) for card in cards]}, _HEADS, rows, nothing, notes, firm=1
    )


def _warnings(settings: "Settings", args: Namespace, card: "AgentCard") -> list[str]:
    from interrupt_mcp.views.agent_warnings import warnings

    if not settings.policy.says_something(card.name):
        return []

    async def seen(store: "Store | None", _args: Namespace) -> dict[str, bool]:
        return dict(await store.runs.seen_tools(card.name)) if store else {}

    return warnings(settings.policy, card, with_store(seen, args))


async def _cards(settings: "Settings") -> list["AgentCard"]:
    from interrupt_mcp.agents import Agents
    from interrupt_mcp.app import check_names, check_patterns

    async with Agents(settings.config_path, loaded=partial(check_patterns, settings.policy)) as agents:
        check_names(settings.policy, agents)
        return [await agents.describe(name) for name in agents.names()]


def _arguments(parser: ArgumentParser) -> None:
    add_arguments(parser, limit=False)


COMMAND = Command("agents", "list the agents", _run, _arguments)
