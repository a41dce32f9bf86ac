"""`python -m tests.clients`: a table of the clients that drove runs; exit code 1 where one did not."""

import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from tests.clients.running import CLIENTS, Client, Outcome, Server, errands
from tests.processes import http_server, surroundings

_HEADS = ("client", "version", "protocol", "transport", "runs finished", "decided by")
_WIDTHS = (38, 8, 11, 10, 14, 10)


def main() -> int:
    """Every client over every way, one line each."""
    names = sys.argv[1:] or [client.name for client in CLIENTS]
    _say(*_HEADS)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        ledger = home / "ledger.txt"
        variables = {"INTERRUPT_MCP_HOTEL_LEDGER": str(ledger)}
        # The server's own words are for where a test fails.
        with redirect_stdout(StringIO()) as said, http_server(home, **variables) as server:
            target = Server(surroundings(home, **variables), server.url, ledger)
            good = [_row(client, target) for client in CLIENTS if client.name in names]
        if not all(good):
            print(said.getvalue(), file=sys.stderr)
    return 0 if all(good) else 1


def _row(client: Client, server: Server) -> bool:
    """Whether all is well with the client."""
    good = []
    try:
        for outcome in errands(client, server):
            decided = f"{outcome.forms} forms" if client.asks else "the program"
            _say(client.name, outcome.version, outcome.era, outcome.way, _finished(outcome), decided)
            good.append(outcome.decided_by_forms_alone if client.asks else outcome.finished)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        _say(client.name, "FAILED")
        print(error, file=sys.stderr)
        return False
    return all(good)


def _finished(outcome: Outcome) -> str:
    return "2 of 2" if outcome.finished else f"NO: {outcome.ended}, booked {outcome.booked}"


def _say(*cells: str) -> None:
    line = "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=False))
    print(line.rstrip(), file=sys.__stdout__, flush=True)


sys.exit(main())
