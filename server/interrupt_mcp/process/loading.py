"""Loading agents in a process of its own, to tell of each in a line of JSON: `python -m interrupt_mcp.process.loading`.

The process that started it reads the lines, and ends it when it has waited long enough. It may be in whatever
environment agents need.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent, Agents
    from interrupt_mcp.config import Settings

_LONGEST = 500


def main() -> None:
    """Tell of the agents that the argument names."""
    from interrupt_mcp.process import wire

    # What is printed meanwhile is nobody's.
    with wire.printing() as out:
        import anyio

        from interrupt_mcp.config import read_settings

        asked = json.loads(sys.argv[1])
        settings = read_settings(os.environ, config=asked["config"], database=asked["database"], cwd=Path.cwd())
        anyio.run(_tell_all, settings, asked["agents"], out)
        out.flush()
        # Threads that agents began may go on for ever.
        os._exit(0)


async def _tell_all(settings: "Settings", names: list[str], out: TextIO) -> None:
    from interrupt_mcp.agents import Agents

    async with Agents(settings.config_path, settings.offers) as agents:
        for name in names:
            told = {**_NOTHING, **await _told(agents, settings, name), "name": name}
            out.write(json.dumps(told) + "\n")
            out.flush()


_NOTHING: dict[str, Any] = {
    **{"error": "", "do": "", "foreign": False, "tools": [], "by_middleware": []},
    **{"nodes": [], "for_runs": False, "faults": [], "note": "", "lacks": []},
}


async def _told(agents: "Agents", settings: "Settings", name: str) -> dict[str, Any]:
    from interrupt_mcp.errors import Error, ForeignAgent
    from interrupt_mcp.text.redaction import said

    try:
        agent = await agents.load(name)
        if agent.place is not None:
            card = await agents.describe(name)
            return {"note": card.note, "lacks": list(card.lacks)}
        faults = await agents.named.faults(settings.policy.previews_of(name))
        return {**_seen(agent), "faults": faults}
    except Error as error:
        return {"error": str(error.args[0]), "do": error.remedy, "foreign": isinstance(error, ForeignAgent)}
    except BaseException as error:  # noqa: BLE001  whatever an agent raises as it is imported, the others are told of
        return {
            "error": f"Agent {name!r} could not be loaded: {said(error, _LONGEST)}",
            "do": "Correct the agent; a server cannot load it either.",
        }


def _seen(agent: "Agent") -> dict[str, Any]:
    from interrupt_mcp.effects.asking import asked_by_middleware, asking_nodes, asks_by_code

    return {
        "tools": [
            {"name": name, "about": _first_line(tool), "asks": asks_by_code(tool)}
            for name, tool in agent.tool_objects.items()
        ],
        "by_middleware": sorted(asked_by_middleware(agent.graph)),
        "nodes": asking_nodes(agent.graph),
        "for_runs": agent.made_for_runs,
    }


def _first_line(tool: Any) -> str:
    described = getattr(tool, "description", "")
    return next(iter(described.strip().splitlines()), "")[:_LONGEST] if isinstance(described, str) else ""


if __name__ == "__main__":
    main()
