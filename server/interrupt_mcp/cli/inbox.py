"""`inbox`: the pages on which a person decides, for all processes of the project; it opens a browser, signed in.

Where another process serves them it signs in there; else it serves them, and drives runs, until Ctrl-C.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.consoles import at_terminal
from interrupt_mcp.errors import ConfigError, NoTerminal, Unavailable
from interrupt_mcp.process.arguments import export_model, settings_of

if TYPE_CHECKING:
    from interrupt_mcp.app import App
    from interrupt_mcp.config import Settings
    from interrupt_mcp.process.leaving import Leaving


def _run(args: Namespace) -> int:
    # Whoever gets the link decides as this person, so it goes to nobody but whoever sits here.
    if not (at_terminal(sys.stdin) and at_terminal(sys.stdout)):
        raise NoTerminal("inbox signs a person in, and standard input and output are no terminal")
    from interrupt_mcp.process import importing, logs
    from interrupt_mcp.process.leaving import Leaving
    from interrupt_mcp.words import InboxMode

    logs.configure(os.environ)
    settings = settings_of(args)
    if settings.inbox is InboxMode.OFF:
        raise ConfigError("INTERRUPT_MCP_INBOX is off, so there are no pages; set it to auto or on")
    export_model(settings)
    leaving = Leaving()
    with importing.quickly():
        from interrupt_mcp.process import loop
    loop.run(_serve, settings, leaving, args.no_browser)
    leaving.end(0)


async def _serve(settings: "Settings", leaving: "Leaving", no_browser: bool) -> None:
    import anyio

    from interrupt_mcp.app import running
    from interrupt_mcp.process.pages import PagesServer
    from interrupt_mcp.process.serving import Serving

    async with running(settings) as app:
        leaving.attach(app.settle)
        async with anyio.create_task_group() as tasks:

            async def leave() -> None:
                await leaving.begun()
                tasks.cancel_scope.cancel()

            tasks.start_soon(leave)
            app.serve_pages(PagesServer(app, tasks, leaving.begun).serve)
            await Serving(app).begin()
            inbox = await app.inbox()
            before = inbox.address
            address = await inbox.ready()
            if not address:
                raise Unavailable("The pages cannot be served, as the log says")
            _say(f"The inbox is at {address}/inbox")
            await _sign_in(app, address, no_browser)
            if not before:
                _say("It is served here, and runs go on here, until Ctrl-C.")
                await leaving.begun()
            tasks.cancel_scope.cancel()


async def _sign_in(app: "App", address: str, no_browser: bool) -> None:
    """Open a browser, signed in; or print a link that signs in, once and within a minute."""
    import anyio.to_thread

    from interrupt_mcp.authority import this_user
    from interrupt_mcp.channels.calling import SECRET_SECONDS, open_signed_in, proven
    from interrupt_mcp.presence.desktop import desktop
    from interrupt_mcp.secret import hash_of, new_secret

    place = await app.calling()

    async def offered() -> str:
        secret = new_secret()
        await place.sessions.offer(hash_of(secret), this_user().principal, SECRET_SECONDS)
        return secret

    found = None if no_browser else await anyio.to_thread.run_sync(desktop)
    if found is not None and await open_signed_in(place, found, await offered(), "/inbox"):
        return
    # What a browser got, and did not use, counts no more.
    if await proven(place.keys, place.address()):
        _say(f"This link signs in once, within a minute: {address}/inbox/sign-in#{await offered()}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  it talks to a person


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--no-browser", action="store_true", help="print a link that signs in, and open no browser")


COMMAND = Command("inbox", "decide what waits on pages in the browser", _run, _arguments)
