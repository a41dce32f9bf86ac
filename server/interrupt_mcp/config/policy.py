"""Policy: what `interrupt-mcp.toml` says about tools: whether a person is asked, who decides, through what, and how.

It knows the names of agents and tools as they are written. It does not know which there are, nor what the words do.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from functools import reduce
from typing import Annotated, Any, TypeAlias, TypeVar, get_args

from interrupt_mcp.access import Principal
from interrupt_mcp.config.declared import read_table
from interrupt_mcp.config.given import Given
from interrupt_mcp.config.kinds import one_of, reference, some_of, true_or_false
from interrupt_mcp.config.offers import KEYS
from interrupt_mcp.config.people import groups_of, some_people
from interrupt_mcp.words import Approver, Channel, DecisionType, Risk

T = TypeVar("T")
TABLES = ("policy", "agents", "groups")
"""The tables of the file that say policy."""


def _either(one: bool | None, other: bool | None) -> bool | None:
    """Return whether one of the two says so."""
    return one or other


def _stricter_approver(one: Approver | None, other: Approver | None) -> Approver | None:
    """Return the stricter of two approvers. `auto`, as nothing, is between the other two."""
    if Approver.HUMAN in (one, other):
        return Approver.HUMAN
    return Approver.CLIENT if one is other is Approver.CLIENT else None


def _in_both(one: tuple[T, ...] | None, other: tuple[T, ...] | None) -> tuple[T, ...] | None:
    """Return the words that are in both lists; where there is no list, all are."""
    if one is None or other is None:
        return other if one is None else one
    return tuple(word for word in one if word in other)


def _higher(one: Risk | None, other: Risk | None) -> Risk | None:
    """Return the higher of two risks."""
    return Risk.HIGH if Risk.HIGH in (one, other) else one or other


def _first(one: str | None, _other: str | None) -> str | None:
    """Return what the first says: where nothing is stricter, what was read last counts, and a tool's own name."""
    return one


@dataclass(frozen=True, slots=True)
class Rule:
    """What one table says; `None` where it says nothing. After its kind, each word has what counts of two.

    That is the stricter, where one is.
    """

    sensitive: Annotated[bool | None, true_or_false, _either] = None
    """Whether the gate asks before anything of the tool runs."""
    approver: Annotated[Approver | None, one_of(Approver), _stricter_approver] = None
    channels: Annotated[tuple[Channel, ...] | None, some_of(Channel), _in_both] = None
    """The only channels through which a decision counts."""
    allow: Annotated[tuple[DecisionType, ...] | None, some_of(DecisionType), _in_both] = None
    """The only decisions there are, of those that the question itself allows."""
    risk: Annotated[Risk | None, one_of(Risk), _higher] = None
    deciders: Annotated[tuple[str, ...] | None, some_people, _in_both] = None
    """The only principals and groups whose decisions count; `None` is the owner of the run."""
    require_other_person: Annotated[bool | None, true_or_false, _either] = None
    """Whether the owner of the run may only reject."""
    preview: Annotated[str | None, reference, _first] = None
    """What tells what a call of the tool would change: `module:function`, or `./file.py:function` beside the file."""

    def over(self, other: "Rule") -> "Rule":
        """Return this rule, and where it says nothing the other one."""
        said = {name: own for name in _STRICTER if (own := getattr(self, name)) is not None}
        return replace(other, **said)


_MOST_FOUND = 1000
_STRICTER: Mapping[str, Callable[[Any, Any], Any]] = {each.name: get_args(each.type)[2] for each in fields(Rule)}


def stricter(one: Rule, other: Rule) -> Rule:
    """Return what holds where both do: for each thing the stricter word."""
    return Rule(*(choose(getattr(one, name), getattr(other, name)) for name, choose in _STRICTER.items()))


@dataclass(frozen=True, slots=True)
class AgentPolicy:
    """What policy says of one agent."""

    rule: Rule = Rule()
    """Of the agent, and of each tool of which `tools` says nothing else."""
    tools: Mapping[str, Rule] = field(default_factory=dict)
    """By pattern, as shells know them: `*`, `?` and `[...]`; the least precise first."""


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it. The most specific table that says something counts, for each thing by itself."""

    rule: Rule = Rule()
    """Of all agents."""
    agents: Mapping[str, AgentPolicy] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By name, the principals in each."""
    besides: "Policy | None" = None
    """One that was read earlier and holds as well: of what the two say, the stricter counts."""
    _found: dict[tuple[str, str], Rule] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was found to hold for a tool of an agent, since it is asked with each call."""

    def of_agent(self, agent: str) -> Rule:
        """Return what holds for the agent, apart from its tools."""
        return reduce(stricter, (each._of_agent(agent) for each in self._all()))

    def of_tool(self, agent: str, tool: str) -> Rule:
        """Return what holds for the tool; its `approver` only where it is said for the tool itself."""
        rule = self._found.get((agent, tool))
        if rule is None:
            if len(self._found) >= _MOST_FOUND:
                self._found.clear()
            rule = reduce(stricter, (each._of_tool(agent, tool) for each in self._all()))
            self._found[agent, tool] = rule
        return rule

    def groups_of(self, principal: Principal) -> frozenset[str]:
        """Return the groups that the principal is in; where several policies hold, those that they are in by each."""
        return reduce(frozenset.intersection, (each._groups_of(principal) for each in self._all()))

    def _groups_of(self, principal: Principal) -> frozenset[str]:
        return frozenset(name for name, members in self.groups.items() if str(principal) in members)

    def _of_agent(self, agent: str) -> Rule:
        return self.agents.get(agent, AgentPolicy()).rule.over(self.rule)

    def _of_tool(self, agent: str, tool: str) -> Rule:
        found = Rule()
        for pattern, rule in self.agents.get(agent, AgentPolicy()).tools.items():
            if fnmatchcase(tool, pattern):
                found = rule.over(found)
        return replace(found.over(self._of_agent(agent)), approver=found.approver)

    def tools_of(self, agent: str) -> list[Rule]:
        """Return what holds for the agent's tools: for those of each pattern, and for all others."""
        return [rule for each in self._all() for rule in each._tools_of(agent)]

    @property
    def names_deciders(self) -> bool:
        """Whether anybody is named who decides."""
        return any(
            rule.deciders is not None
            for each in self._all()
            for rule in (each.rule, *(r for agent in each.agents.values() for r in (agent.rule, *agent.tools.values())))
        )

    def _all(self) -> Iterator["Policy"]:
        each: Policy | None = self
        while each is not None:
            yield each
            each = each.besides

    def _tools_of(self, agent: str) -> list[Rule]:
        found = [replace(self._of_agent(agent), approver=None)]
        return found + [rule.over(found[0]) for rule in self.agents.get(agent, AgentPolicy()).tools.values()]

    def previews_of(self, agent: str) -> list[str]:
        """Return the functions that are named as previews of the agent's tools, each once."""
        return list(dict.fromkeys(rule.preview for rule in self._tools_of(agent) if rule.preview is not None))

    def says_something(self, agent: str) -> bool:
        """Whether there are rules for tools of the agent, or a person is asked about some, or policy says who."""
        ruled = any(each.sensitive or each.deciders or each.require_other_person for each in self.tools_of(agent))
        return ruled or bool(self.unmatched(agent, ()))

    def unknown(self, agents: Collection[str]) -> list[str]:
        """Return the agents of which policy says something, and which are none of these."""
        return [name for name in self.agents if name not in agents]

    def unmatched(self, agent: str, tools: Collection[str]) -> list[str]:
        """Return the patterns for the agent that fit none of these tools."""
        patterns = self.agents.get(agent, AgentPolicy()).tools
        return [pattern for pattern in patterns if not any(fnmatchcase(tool, pattern) for tool in tools)]


PolicyNow: TypeAlias = Callable[[], Policy]
"""The policy as it stands at the moment."""


def read_policy(file: Mapping[str, Given]) -> Policy:
    """Return the policy that the tables of the file say.

    Raises:
        ConfigError: a name or a value in them is none.
    """
    agents = file["agents"].entries() if "agents" in file else {}
    rule = _rule(file["policy"]) if "policy" in file else Rule()
    groups = groups_of(file["groups"]) if "groups" in file else {}
    return Policy(rule, {name: _agent(table) for name, table in agents.items()}, groups)


def _agent(table: Given) -> AgentPolicy:
    listed = table.entries().get("tools")
    patterns = {} if listed is None else listed.entries(quoted=True)
    tools = {pattern: _rule(patterns[pattern]) for pattern in sorted(patterns, key=_precision)}
    return AgentPolicy(_rule(table, ["tools", *KEYS]), tools)


def _precision(pattern: str) -> tuple[bool, int, str]:
    """Return what sorts patterns, the least precise first.

    A name of its own beats a pattern, and of patterns the one that names more characters.
    """
    named = sum(character not in "*?[]" for character in pattern)
    return named == len(pattern), named, pattern


def _rule(table: Given, besides: Collection[str] = ()) -> Rule:
    rule = read_table(Rule, table, besides)
    if rule.approver is Approver.HUMAN and rule.channels and not any(each.reaches_person for each in rule.channels):
        others = " or ".join(Channel.people())
        raise table.entries()["channels"].wrong(f"a list with {others} in it where the approver is human")
    return rule
