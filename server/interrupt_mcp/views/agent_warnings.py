"""Warnings: what whoever wrote a policy should know of an agent, from what was seen of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interrupt_mcp import authority
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.views.people_warnings import people_warnings
from interrupt_mcp.words import AuthMode

if TYPE_CHECKING:
    from interrupt_mcp.agents import AgentCard


def warnings(
    policy: Policy,
    card: "AgentCard",
    seen: Mapping[str, bool],
    preview_faults: Sequence[str] = (),
    auth: AuthMode = AuthMode.NONE,
) -> list[str]:
    """Return a sentence for each rule that fits no tool or nobody, and for each tool that people are asked about twice.

    `seen` are tools that passed the gate, and whether they ask by themselves besides policy. `preview_faults` are
    sentences about previews that cannot be loaded, `auth` is how people sign in.
    """
    if card.error is not None:
        return []
    if card.note:
        refused = authority.not_gated(policy, card.name, "an Agent Server")
        held = [f"{refused}: it is not started as long as policy says so."] if refused else []
        return [*card.lacks, *held, *people_warnings(policy, [card.name], auth), *preview_faults]
    unmatched = policy.unmatched(card.name, {*card.tools, *seen})
    twice = sorted(
        tool for tool, asks_too in seen.items() if asks_too and authority.sensitive_rule(policy, card.name, tool)
    )
    return [
        *(
            f"Policy for tools {pattern!r} fits no tool that was seen to pass the gate: check the name, and that the"
            " tool is called through LangChain, since a function that code calls by itself is not reached."
            for pattern in unmatched
        ),
        *(
            f"{tool} asks by itself besides what policy has asked about it, so people are asked twice: leave out one."
            for tool in twice
        ),
        *people_warnings(policy, [card.name], auth),
        *preview_faults,
    ]
