"""The approver: who may accept or edit here, and why."""

from collections.abc import Iterator

from interrupt_mcp.doctor.case import Case, Kept
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.words import Approver, InboxMode


def findings(case: Case, kept: Kept | None, *, at_desktop: bool) -> Iterator[Finding]:
    """Tell who approves, by default and of the agents of which policy says something else."""
    approver = case.settings.approver
    yield _told(case, approver, why_reached(case, kept, at_desktop=at_desktop))
    for name in case.entries:
        own = case.settings.rules.of_agent(name).approver
        if own is not None and own is not approver:
            yield _by_word(own, f"For {name}, policy says", name)


def why_reached(case: Case, kept: Kept | None, *, at_desktop: bool) -> str:
    """Return why a person can be reached besides by forms; empty where nobody can."""
    if case.settings.inbox is InboxMode.OFF:
        return ""
    if case.settings.inbox is InboxMode.ON:
        return "inbox is on"
    if at_desktop:
        return "this is a desktop, on which a browser can be opened"
    return "somebody is signed in at the pages" if kept is not None and kept.signed_in else ""


def _told(case: Case, approver: Approver, reached: str) -> Finding:
    where = case.places.get("approver", "default")
    if approver is not Approver.AUTO:
        return _by_word(approver, f"By {where},")
    if reached:
        return Finding(
            Section.APPROVER,
            Level.OK,
            f"approver is auto, by {where}; here that is human, since {reached}: a person accepts and edits, and no"
            " model does.",
        )
    forms = "a client that shows forms is asked by them, and for all others" if case.settings.elicitation else "for all"
    return Finding(
        Section.APPROVER,
        Level.WARNING,
        f"approver is auto, by {where}; here no person can be reached by a page, so {forms} that is client: what their"
        " model says that the user chose is taken.",
        'If a person is to decide: approver = "human", or INTERRUPT_MCP_APPROVER=human; they then decide with'
        " interrupt-mcp review.",
    )


def _by_word(approver: Approver, begins: str, name: str = "") -> Finding:
    match approver:
        case Approver.HUMAN:
            return Finding(Section.APPROVER, Level.OK, f"{begins} human: a person accepts and edits.", name=name)
        case Approver.CLIENT:
            return Finding(
                Section.APPROVER,
                Level.WARNING,
                f"{begins} client: whoever calls decides, which may be a model.",
                'That is for scripts. If a person is to decide: approver = "human"',
                name,
            )
        case _:
            return Finding(Section.APPROVER, Level.OK, f"{begins} auto.", name=name)
