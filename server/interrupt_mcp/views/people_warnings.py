"""People warnings: what whoever wrote a policy should know of those whom it has decide, for the way people sign in.

It does not know which tools there are, nor who has a token.
"""

from collections.abc import Collection

from interrupt_mcp.access import Principal, PrincipalKind, names_principal
from interrupt_mcp.config.policy import Policy, Rule
from interrupt_mcp.forms import names_of
from interrupt_mcp.words import AuthMode

_OTHER = "Policy has somebody else than who started a run accept (require_other_person)"


def people_warnings(policy: Policy, agents: Collection[str], auth: AuthMode) -> list[str]:
    """Return a sentence for each thing that policy for the agents cannot bring about, or cannot know."""
    rules = [rule for agent in agents for rule in policy.tools_of(agent)]
    said = [*(_other_person(policy, rule, auth) for rule in rules), _strangers(policy, rules, auth)]
    return list(dict.fromkeys(filter(None, said)))


def _other_person(policy: Policy, rule: Rule, auth: AuthMode) -> str:
    if not rule.require_other_person:
        return ""
    if rule.deciders is None:
        return f"{_OTHER}, and names no deciders, so nobody can accept: name them."
    if auth is AuthMode.NONE:
        return (
            f"{_OTHER}: without authentication everybody is one and the same, but for who signs in at the pages with a"
            " token, which `interrupt-mcp token create` makes."
        )
    if auth is AuthMode.OAUTH and all(_of_provider(policy, each) for each in rule.deciders):
        return ""
    return f"{_OTHER}: two tokens are two people only if they are kept so, which nobody here can know."


def _of_provider(policy: Policy, decider: str) -> bool:
    """Whether a provider knows who it is; of a group that policy does not have, it does."""
    members = (decider,) if names_principal(decider) else policy.groups.get(decider, ())
    return all(Principal.read(each).kind is PrincipalKind.OIDC for each in members)


def _strangers(policy: Policy, rules: Collection[Rule], auth: AuthMode) -> str:
    """Say which groups have nobody in them, since only a provider's word could put somebody there."""
    if auth is AuthMode.OAUTH:
        return ""
    named = dict.fromkeys(each for rule in rules for each in rule.deciders or () if not names_principal(each))
    unknown = [name for name in named if not policy.groups.get(name)]
    if not unknown:
        return ""
    return f"Policy has {names_of(unknown)} decide, and [groups] has nobody in such a group."
