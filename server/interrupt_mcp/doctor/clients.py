"""The clients: which called last, what they declared, and how each of them has a person asked."""

from collections.abc import Iterator

from interrupt_mcp.doctor.approver import why_reached
from interrupt_mcp.doctor.case import Case, Kept
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.store.known import Client, SeenClient
from interrupt_mcp.text.ages import age
from interrupt_mcp.words import Approver, InboxMode

_FORMS = ("elicitation", "elicitation.form")
"""What a client declares that shows forms: with no mode named, it means these."""


def findings(case: Case, kept: Kept | None, *, at_desktop: bool) -> Iterator[Finding]:
    """Tell of each client."""
    if kept is None or kept.counts is None:
        yield Finding(Section.CLIENTS, Level.OK, "No client has called yet, as far as the database tells.")
        return
    if not kept.clients:
        yield Finding(
            Section.CLIENTS,
            Level.NOTE,
            "No client has called this project yet.",
            "Start one that has this server in its configuration, and ask it for list_runs.",
        )
    reached = why_reached(case, kept, at_desktop=at_desktop)
    for seen in kept.clients:
        yield _told(case, seen, reached)


def _told(case: Case, seen: SeenClient, reached: str) -> Finding:
    client = seen.client
    called = f"{client.name or 'A client without a name'} {client.version}".strip()
    when = age(seen.seen_at)
    declared = ", ".join(client.declared) or "nothing"
    level, how, do = _asked(case, client, reached)
    return Finding(
        Section.CLIENTS,
        level,
        f"{called} called {when}, over {client.over}, in MCP {client.protocol}. It declared {declared}. {how}",
        do,
        client.name,
    )


def _asked(case: Case, client: Client, reached: str) -> tuple[Level, str, str]:
    """Return how a person is asked where this client starts a run."""
    shows_forms = any(each in client.declared for each in _FORMS)
    approver = case.settings.approver
    if approver is Approver.CLIENT:
        return Level.OK, "Nobody is asked: approver is client, so that it decides itself.", ""
    if shows_forms and case.settings.elicitation:
        return Level.OK, "A person is asked by forms in it.", ""
    without = "It shows forms, and elicitation is off." if shows_forms else "It shows no forms."
    if reached:
        return Level.OK, f"{without} A person is asked on a page: {reached}.", ""
    if approver is Approver.HUMAN:
        if case.settings.inbox is InboxMode.OFF:
            return Level.NOTE, f"{without} A person decides in a terminal.", "interrupt-mcp review"
        places, commands = "in a terminal, or on a page that they open", "interrupt-mcp review, or interrupt-mcp inbox"
        return Level.NOTE, f"{without} A person decides {places}.", commands
    return (
        Level.WARNING,
        f"{without} Nobody is asked: its model says what the user chose.",
        'If a person is to decide: approver = "human"',
    )
