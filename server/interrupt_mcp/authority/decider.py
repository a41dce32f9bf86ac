"""A decider: somebody who would decide, with the groups they are in, and whose the run is that asks.

It does not know what they would decide, nor through what.
"""

from collections.abc import Collection
from dataclasses import dataclass

from interrupt_mcp.access import names_principal
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.model import Access, Principal, Scope


def groups_of(policy: Policy, access: Access) -> frozenset[str]:
    """Return the groups that somebody is in: those that their access proves, and those of policy."""
    # A group that a provider calls so would pass for the principal whom policy names.
    claimed = frozenset(name for name in access.groups if not names_principal(name))
    return claimed | policy.groups_of(access.principal)


@dataclass(frozen=True, slots=True)
class Decider:
    """Who would decide something of a run."""

    access: Access
    groups: frozenset[str]
    """All that they are in: by a provider's claim, and by policy."""
    owner: Principal
    """Whose the run is."""

    @classmethod
    def by(cls, policy: Policy, access: Access, owner: Principal) -> "Decider":
        """Return who has this access, in all groups that they are in."""
        return cls(access, groups_of(policy, access), owner)

    @property
    def is_owner(self) -> bool:
        return self.access.principal == self.owner

    @property
    def may_decide(self) -> bool:
        """Whether they proved to have the scope for it."""
        return self.access.may(Scope.DECIDE)

    def is_among(self, deciders: Collection[str] | None) -> bool:
        """Whether these are they, or a group of theirs; where nobody is named, the owner is."""
        if deciders is None:
            return self.is_owner
        return str(self.access.principal) in deciders or not self.groups.isdisjoint(deciders)
