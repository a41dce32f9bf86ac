"""Authority: who may decide what, through which channel and with which proof. Every door asks here, and nowhere else.

It knows what policy says, who approves on a thread, and what a question would do with an answer. It does not know
where these are kept, nor how a decision came in.
"""

from interrupt_mcp.authority.approval import (
    approver_at_start,
    approver_for,
    forms_reach,
    may_stand_in,
    no_stand_in,
    on_thread,
    strictest,
)
from interrupt_mcp.authority.callers import refuse_without, this_user
from interrupt_mcp.authority.decider import Decider, groups_of
from interrupt_mcp.authority.deciding import (
    Refusal,
    WhoRefused,
    asked_by_form,
    for_person,
    needs_digest,
    proposed_by_form,
    reached_through,
    refusal,
    rejected_by_anybody,
)
from interrupt_mcp.authority.terms import not_gated, sensitive_rule, with_policy, with_policy_now

__all__ = [
    "Decider",
    "Refusal",
    "WhoRefused",
    "approver_at_start",
    "approver_for",
    "asked_by_form",
    "for_person",
    "forms_reach",
    "groups_of",
    "may_stand_in",
    "needs_digest",
    "no_stand_in",
    "not_gated",
    "on_thread",
    "proposed_by_form",
    "reached_through",
    "refusal",
    "refuse_without",
    "rejected_by_anybody",
    "sensitive_rule",
    "strictest",
    "this_user",
    "with_policy",
    "with_policy_now",
]
