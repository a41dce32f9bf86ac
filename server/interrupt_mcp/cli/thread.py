"""`thread`: the past of one thread as a tree, or its diagram. To tell, it loads the agent; it runs nothing."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import terminal_width, write, write_json
from interrupt_mcp.errors import Error, UnknownThread
from interrupt_mcp.process.arguments import export_model, settings_of
from interrupt_mcp.text.visible import visible

if TYPE_CHECKING:
    from interrupt_mcp.config import Settings
    from interrupt_mcp.views.thread_json import ThreadView

_PAGE = 100


def _run(args: Namespace) -> int:
    import anyio

    from interrupt_mcp.process import logs, wire

    with wire.printing() as out:
        settings = settings_of(args)
        logs.configure()
        export_model(settings)
        if settings.database.is_known_absent():
            raise UnknownThread(f"There is no thread {args.thread_id!r}")
        pages = anyio.run(_read, settings, args.thread_id)
        # Raised on the event loop, it would leave as a group of errors.
        if isinstance(pages, Error):
            raise pages
        _show(pages, args, out)
    return 0


async def _read(settings: "Settings", thread_id: str) -> "list[ThreadView] | Error":
    """Read all of the thread, page by page, newest first."""
    from interrupt_mcp.app import running
    from interrupt_mcp.authority import this_user
    from interrupt_mcp.words import Scope

    async with running(settings) as app:
        try:
            # Whoever has the file looks at all that is in it.
            threads = (await app.runs_of(replace(this_user(), scopes=frozenset(Scope)))).threads
            pages = [await threads.get(thread_id, _PAGE, None, _silently)]
            while len(pages[-1].past.moments) == _PAGE:
                last = pages[-1].past.moments[-1].checkpoint_id
                pages.append(await threads.get(thread_id, _PAGE, last, _silently))
        except Error as error:
            return error
    return pages


def _show(pages: "list[ThreadView]", args: Namespace, out: TextIO) -> None:
    if args.mermaid:
        write(pages[0].diagram.rstrip("\n").split("\n"), out)
    elif args.svg:
        from interrupt_mcp.views.diagram import svg_file

        write(svg_file(pages[0].drawing).rstrip("\n").split("\n"), out)
    elif args.json:
        write_json(_body(pages), out)
    else:
        write(_lines(pages, terminal_width(out)), out)


def _body(pages: "list[ThreadView]") -> dict[str, Any]:
    from interrupt_mcp.views.thread_json import thread_body

    bodies = [thread_body(page) for page in pages]
    return {**bodies[0], "checkpoints": [checkpoint for body in bodies for checkpoint in body["checkpoints"]]}


def _lines(pages: "list[ThreadView]", columns: int | None) -> list[str]:
    from interrupt_mcp.cli.tree import Past, Tree

    past = Past(
        moments=[moment for page in reversed(pages) for moment in reversed(page.past.moments)],
        asked={place: asked for page in pages for place, asked in page.asked.items()},
        effects=pages[0].effects,
        branches=pages[0].branches,
    )
    count = len(set(past.branches.values()))
    thread = pages[0].thread
    branches = f"{count} {'branch' if count == 1 else 'branches'}"
    head = f"Thread {visible(thread.thread_id)} of agent {visible(thread.agent)}, {branches}"
    return [head, *Tree(past, columns).lines()]


async def _silently(_doing: str) -> None:
    """Tell nobody what is being done."""


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("thread_id", metavar="ID", help="id of the thread")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument(
        "--mermaid", action="store_true", help="print a diagram of the graph and where the thread stands"
    )
    forms.add_argument(
        "--svg", action="store_true", help="print the same diagram as an SVG file, which a browser shows"
    )
    forms.add_argument("--json", action="store_true", help="print JSON, in the form of get_thread's result, all of it")


COMMAND = Command("thread", "show a thread's past as a tree", _run, _arguments)
