"""Policy: what in it is for agents and tools that there are not, or does not do what it says."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from interrupt_mcp.config import SETTINGS_FILE
from interrupt_mcp.doctor.case import Case, Kept
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.doctor.loaded import LoadedAgent

if TYPE_CHECKING:
    from interrupt_mcp.agents import AgentCard


def findings(case: Case, loaded: Sequence[LoadedAgent], kept: Kept | None) -> Iterator[Finding]:
    """Tell of rules that fit nothing."""
    from interrupt_mcp.views.agent_warnings import warnings

    policy = case.settings.rules
    told = [_no_agent(case, name) for name in policy.unknown(list(case.entries))]
    for agent in loaded:
        seen = {} if kept is None else kept.seen_tools.get(agent.name, {})
        told += [
            Finding(Section.POLICY, Level.WARNING, said, f"Correct it in {case.settings.policy_file}.", agent.name)
            for said in warnings(policy, _card(agent), seen, agent.faults, case.settings.auth)
        ]
    yield from told
    if not told:
        yield Finding(Section.POLICY, Level.OK, _all_fits(case, loaded))


def _no_agent(case: Case, name: str) -> Finding:
    return Finding(
        Section.POLICY,
        Level.PROBLEM,
        f"`agents.{name}` in {SETTINGS_FILE} is no agent, so that no server starts.",
        f"Name one of {', '.join(case.entries)}, or take it out.",
        name,
    )


def _card(agent: LoadedAgent) -> "AgentCard":
    from interrupt_mcp.agents import AgentCard

    tools = frozenset(each.name for each in agent.tools)
    # What it lacks is told with the agents.
    return AgentCard(agent.name, "", {}, {}, agent.error or None, tools=tools, note=agent.note)


def _all_fits(case: Case, loaded: Sequence[LoadedAgent]) -> str:
    if not case.settings.policy.agents:
        return f"{SETTINGS_FILE} has no rules for agents or tools; what agents ask by themselves is asked."
    failed = [each.name for each in loaded if each.error]
    but = f" of those agents that load; {', '.join(failed)} could not be looked at" if failed else ""
    return f"All rules in {SETTINGS_FILE} fit agents and tools{but}."
