"""The demo's last act: one more interrupt, which the person decides on a page in their browser."""

import os

import anyio
import anyio.to_thread

from interrupt_mcp.cli.demo_story import AGENT, Stage, call, server
from interrupt_mcp.cli.narrator import Narrator
from interrupt_mcp.presence.desktop import desktop
from interrupt_mcp.text.visible import visible

_MESSAGE = "Book a stay at the Ritz"
_IN_FLIGHT = ("pending", "running")
_WAIT_SECONDS = 20
_PATIENCE = 900.0
"""Seconds that the person may take."""
_SERVER = {"INTERRUPT_MCP_INBOX": "auto", "INTERRUPT_MCP_APPROVER": "auto", "INTERRUPT_MCP_INBOX_PORT": "0"}
"""What the server of this act is told besides: who decides is found out by it, as for any client."""


async def offer(narrator: Narrator, stage: Stage) -> None:
    """Offer to decide one more in the browser, where there is one and a person to ask."""
    if not narrator.asks:
        return
    found = await anyio.to_thread.run_sync(desktop)
    if found is None:
        return
    narrator.gap()
    if narrator.ask("One more, decided in your browser? [Y/n]").lower()[:1] not in ("", "y"):
        return
    # A desktop that was found from here is looked for again by the server, which is told what a browser needs.
    async with server(stage, {**found.environ, **_browser(), **_SERVER}) as (client, _):
        run = await call(client, "start_run", agent=AGENT, message=_MESSAGE, wait_seconds=0)
        while run["status"] in _IN_FLIGHT:
            run = await call(client, "get_run", run_id=run["run_id"], wait_seconds=_WAIT_SECONDS)
        for interrupt in run["interrupts"]:
            narrator.step(7, f"An agent is to book the Ritz, and waits with {interrupt['code']}. Its page opens:")
            narrator.quote(interrupt["where_to_decide"])
            narrator.say("This client cannot decide it. Decide there; Ctrl-C here ends the demo.")
        with anyio.move_on_after(_PATIENCE):
            while run["status"] in (*_IN_FLIGHT, "interrupted"):
                run = await call(client, "resume_run", run_id=run["run_id"], wait_seconds=_WAIT_SECONDS)
        narrator.step(8, f"The waiting call went on by itself: {run['status']}.")
        narrator.quote(run.get("answer", ""))
        narrator.gap()
        narrator.say(f"Bookings really made: {', '.join(map(visible, stage.bookings)) or 'none'}.")


def _browser() -> dict[str, str]:
    """Return what tells a browser where it is seen, which is not among what a client passes a server by itself."""
    names = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
    return {name: os.environ[name] for name in names if name in os.environ}
