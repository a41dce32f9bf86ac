"""The inbox: whether there are pages, who serves them, and whether a person sees them open."""

import socket
from collections.abc import Iterator

import anyio

from interrupt_mcp.channels.calling import proven
from interrupt_mcp.channels.keys import Keys
from interrupt_mcp.doctor.case import Case, Kept
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.peers.local import pages_of
from interrupt_mcp.process.pages import HOST, PORT
from interrupt_mcp.words import InboxMode


def findings(case: Case, kept: Kept | None, *, at_desktop: bool) -> Iterator[Finding]:
    """Tell of the pages; `at_desktop` is whether a browser can be opened for a person from here."""
    mode = case.settings.inbox
    if mode is InboxMode.OFF:
        yield _found(Level.NOTE, "There are no pages for people: inbox is off.", 'If there are to be: inbox = "auto"')
        return
    yield _found(Level.OK, _opening(mode, at_desktop))
    yield _serving(case, kept)
    signed_in = 0 if kept is None else kept.signed_in
    if signed_in:
        browsers = "1 browser is" if signed_in == 1 else f"{signed_in} browsers are"
        yield _found(Level.OK, f"{browsers} signed in.")
    elif at_desktop and mode is InboxMode.AUTO:
        yield _found(Level.OK, "Nobody is signed in; who is called to a page is signed in by that.")
    else:
        yield _found(Level.NOTE, "Nobody is signed in.", "Sign in, in a terminal: interrupt-mcp inbox")


def _opening(mode: InboxMode, at_desktop: bool) -> str:
    if mode is InboxMode.ON:
        return "Pages are served where something waits for a person, and no browser is opened: inbox is on."
    if at_desktop:
        return "This is a desktop: a browser opens when something waits that no form asks about."
    return "No desktop is seen from here, so that no browser is opened when something waits."


def _serving(case: Case, kept: Kept | None) -> Finding:
    pages = pages_of(case.settings.database.beside, case.settings.project)
    address = pages.address
    if not address:
        return _free(case.settings.inbox_port)
    process = f", process {pages.process}" if pages.process else ""
    who = f"{'a server over HTTP' if pages.served_by_http() else 'a process of this project'}{process}"
    secret = None if kept is None else kept.secret
    if secret is None:
        return _found(
            Level.NOTE,
            f"{who} says that it serves the pages at {address}; it cannot be checked without the database.",
            "See what is said of the database.",
        )
    if anyio.run(proven, Keys(secret, case.settings.project), address):
        return _found(Level.OK, f"The pages are at {pages.url}/inbox, served by {who}.")
    return _found(
        Level.PROBLEM,
        f"{who} should serve the pages at {address}, and what listens there is not it, or does not answer.",
        "End that process and start the client again; and see what else listens there.",
    )


def _free(port: int | None) -> Finding:
    """Tell whether the port is free at which the next process that needs pages serves them."""
    if port == 0:
        return _found(Level.OK, "Nothing serves the pages now; who needs them serves them, at any free port.")
    number = PORT if port is None else port
    try:
        # Let go at once, and never listened at: whoever begins to serve now still can.
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((HOST, number))
    except OSError as error:
        level = Level.NOTE if port is None else Level.WARNING
        return _found(
            level,
            f"Nothing serves the pages now, and port {number} cannot be had ({error.strerror}): they would be at"
            " another one.",
            "If they are to be at a port of your choice, say which: inbox_port = 8400",
        )
    return _found(Level.OK, f"Nothing serves the pages now; who needs them serves them, at the free port {number}.")


def _found(level: Level, text: str, do: str = "") -> Finding:
    return Finding(Section.INBOX, level, f"{text[0].upper()}{text[1:]}", do)
