"""`serve`: what an MCP client's configuration starts, or with `--http` what clients find at an address.

Without it the protocol has standard input and output to itself.
"""

import sys
from argparse import ArgumentParser, Namespace

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.consoles import at_terminal
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.process.arguments import export_model, settings_of, warn_of_found_config

_FOR_A_PERSON = (
    "interrupt-mcp waits here for an MCP client, which starts it by itself. Ctrl-C ends it; interrupt-mcp demo shows"
    " what it does, interrupt-mcp --help what else there is."
)
HOST, PORT = "127.0.0.1", 8321


def _run(args: Namespace) -> int:
    if args.http:
        return _over_http(args)
    if (args.host, args.port) != (None, None):
        raise ConfigError("--host and --port say where to serve with --http, and it is not given")
    if args.workers is not None:
        raise ConfigError(
            "--workers is for --http, and it is not given; for all servers of a project there is INTERRUPT_MCP_WORKERS,"
            " or workers = ... in interrupt-mcp.toml"
        )
    return _over_stdio(args)


def _over_stdio(args: Namespace) -> int:
    from interrupt_mcp.process import importing, logs, wire
    from interrupt_mcp.process.leaving import Leaving

    if at_terminal(sys.stdin):
        print(_FOR_A_PERSON, file=sys.stderr)  # noqa: T201
    # First of all, so that nothing that is imported or run from here on can print into the protocol.
    lines = wire.take()
    leaving = Leaving()
    logs.configure()
    settings = settings_of(args)
    export_model(settings)
    warn_of_found_config(settings)
    with importing.quickly():
        from interrupt_mcp.process import stdio
        from interrupt_mcp.process.serving import check_manifest
    check_manifest(settings)
    stdio.run(settings, lines, leaving)
    leaving.end(0)


def _over_http(args: Namespace) -> int:
    from interrupt_mcp.http.address import listen
    from interrupt_mcp.process import importing, logs
    from interrupt_mcp.process.leaving import Leaving
    from interrupt_mcp.process.serving import check_authentication, check_manifest

    logs.configure()
    settings = settings_of(args)
    export_model(settings)
    warn_of_found_config(settings)
    check_manifest(settings)
    check_authentication(settings)
    listener = listen(
        HOST if args.host is None else args.host,
        PORT if args.port is None else args.port,
        settings.url,
        anywhere=settings.shared,
    )
    leaving = Leaving()
    with importing.quickly():
        from interrupt_mcp.process import http
    http.run(settings, listener, leaving)
    leaving.end(0)


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--http", action="store_true", help="serve Streamable HTTP instead")
    parser.add_argument(
        "--host",
        metavar="HOST",
        help=f"with --http: where (default: {HOST}); beyond this machine only with authentication",
    )
    parser.add_argument("--port", type=int, metavar="PORT", help=f"with --http: 0 is any free one (default: {PORT})")
    parser.add_argument(
        "--workers", metavar="N", help="with --http: how many processes of their own drive agents (default: none)"
    )


COMMAND = Command("serve", "serve MCP on standard input and output (the default), or over HTTP", _run, _add_arguments)
