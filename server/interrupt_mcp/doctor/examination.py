"""The examination: all sections in their order, each with what it needs of the others."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from interrupt_mcp.doctor import (
    agents,
    approver,
    clients,
    config,
    database,
    environments,
    inbox,
    installation,
    model,
    policy,
    processes,
    python,
    sharing,
)
from interrupt_mcp.doctor import kept as keeping
from interrupt_mcp.doctor.case import Asked, Case, Kept
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.doctor.loaded import SECONDS, LoadedAgent, load
from interrupt_mcp.errors import ConfigError, Unavailable
from interrupt_mcp.presence.desktop import desktop
from interrupt_mcp.text.redaction import redacted


def examine(asked: Asked) -> list[Finding]:
    """Return all that is found, without secrets."""
    case, of_config = config.read(asked)
    found = [*python.findings(), *installation.findings(), *of_config]
    if case is None:
        later = [each for each in Section if each not in (Section.PYTHON, Section.INSTALLATION, Section.CONFIG)]
        found.append(_left_out(later, "the configuration cannot be read"))
    else:
        found += _of_project(case)
    return [_without_secrets(each, case) for each in found]


def _of_project(case: Case) -> Iterator[Finding]:
    where = environments.look(case) if case.manifest is not None else environments.Homes(None, ())
    yield from where.findings
    loaded = load(case, where.homes or (), case.asked.seconds or SECONDS)
    known = _kept(case, loaded)
    kept = known if isinstance(known, Kept) else None
    at_desktop = desktop(case.asked.environ) is not None
    if case.manifest is None:
        left_out = [Section.ENVIRONMENTS, Section.AGENTS, Section.POLICY]
        yield _left_out(left_out, "langgraph.json cannot be read")
    elif where.homes is None:
        yield _left_out([Section.AGENTS, Section.POLICY], "there is no Python for them")
    else:
        yield from agents.findings(case, loaded, kept)
        yield from policy.findings(case, loaded, kept)
    yield from model.findings(case)
    yield from database.findings(case, known)
    yield from inbox.findings(case, kept, at_desktop=at_desktop)
    yield from approver.findings(case, kept, at_desktop=at_desktop)
    yield from clients.findings(case, kept, at_desktop=at_desktop)
    yield from sharing.findings(case, kept)
    yield from processes.findings(case)


def _kept(case: Case, loaded: list[LoadedAgent]) -> Kept | Unavailable | None:
    """Return what is kept, why it cannot be read, or nothing where there is no database."""
    try:
        if case.settings.database.is_known_absent():
            return None
        return keeping.read(case, loaded)
    except Unavailable as error:
        return error
    except ConfigError as error:
        return Unavailable(*error.args)
    except OSError as error:
        return Unavailable(f"The database {case.settings.database} cannot be looked at: {error.strerror}")


def _left_out(sections: Sequence[Section], why: str) -> Finding:
    return Finding(
        Section.CONFIG,
        Level.NOTE,
        f"Not looked at, since {why}: {', '.join(sections)}.",
        "Correct that first, and call interrupt-mcp doctor again.",
    )


def _without_secrets(finding: Finding, case: Case | None) -> Finding:
    secrets = () if case is None else case.settings.secrets

    def shown(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "***")
        # Each line by itself: what is to be written begins on one of its own.
        return "\n".join(redacted(line) for line in text.split("\n"))

    return replace(finding, text=shown(finding.text), do=shown(finding.do), name=shown(finding.name))
