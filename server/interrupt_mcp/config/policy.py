"""Policy: what `interrupt-mcp.toml` says about tools: whether a person is asked, who decides, through what, and how.

It knows names as they are written. It does not know which agents and tools there are, nor what the words do.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from functools import reduce
from typing import Literal, TypeAlias, cast, get_args

from interrupt_mcp.errors import ConfigError

ApproverName: TypeAlias = Literal["auto", "human", "client"]
APPROVERS: tuple[ApproverName, ...] = get_args(ApproverName)
_CHANNELS = ("client", "elicitation", "terminal")
_TYPES = ("accept", "edit", "reject", "respond")
_RISKS = ("normal", "high")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one table says; `None` where it says nothing."""

    sensitive: bool | None = None
    approver: ApproverName | None = None
    channels: tuple[str, ...] | None = None
    allow: tuple[str, ...] | None = None
    risk: str | None = None

    def over(self, other: "Rule") -> "Rule":
        """This rule, and where it says nothing the other one."""
        both = ((getattr(self, name), getattr(other, name)) for name in _NAMES)
        return Rule(*(others if own is None else own for own, others in both))


_NAMES = tuple(each.name for each in fields(Rule))


def stricter(one: Rule, other: Rule) -> Rule:
    """What holds where both do: for each thing the stricter word. `auto`, as nothing, is between the other two."""
    approvers = {one.approver, other.approver}
    return Rule(
        sensitive=one.sensitive or other.sensitive,
        approver="human" if "human" in approvers else "client" if approvers == {"client"} else None,
        channels=_both(one.channels, other.channels),
        allow=_both(one.allow, other.allow),
        risk="high" if "high" in (one.risk, other.risk) else one.risk or other.risk,
    )


def _both(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The words that are in both lists; where there is no list, all are."""
    if one is None or other is None:
        return other if one is None else one
    return tuple(word for word in one if word in other)


@dataclass(frozen=True, slots=True)
class AgentPolicy:
    rule: Rule = Rule()
    tools: Mapping[str, Rule] = field(default_factory=dict)
    """By pattern, as shells know them: `*`, `?` and `[...]`."""


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it. The most specific table that says something counts, for each thing by itself."""

    rule: Rule = Rule()
    agents: Mapping[str, AgentPolicy] = field(default_factory=dict)
    besides: "Policy | None" = None
    """One that was read earlier and holds as well: of what the two say, the stricter counts."""

    def of_agent(self, agent: str) -> Rule:
        return reduce(stricter, (each._of_agent(agent) for each in self._all()))

    def of_tool(self, agent: str, tool: str) -> Rule:
        """What holds for the tool; its `approver` only where it is said for the tool itself."""
        return reduce(stricter, (each._of_tool(agent, tool) for each in self._all()))

    def _of_agent(self, agent: str) -> Rule:
        return self.agents.get(agent, AgentPolicy()).rule.over(self.rule)

    def _of_tool(self, agent: str, tool: str) -> Rule:
        found = Rule()
        for pattern, rule in self.agents.get(agent, AgentPolicy()).tools.items():
            if fnmatchcase(tool, pattern):
                found = rule.over(found)
        return replace(found.over(self._of_agent(agent)), approver=found.approver)

    def tools_of(self, agent: str) -> list[Rule]:
        """What holds for the agent's tools: for those of each pattern, and for all others."""
        return [rule for each in self._all() for rule in each._tools_of(agent)]

    def _all(self) -> Iterator["Policy"]:
        each: Policy | None = self
        while each is not None:
            yield each
            each = each.besides

    def _tools_of(self, agent: str) -> list[Rule]:
        found = [replace(self._of_agent(agent), approver=None)]
        return found + [rule.over(found[0]) for rule in self.agents.get(agent, AgentPolicy()).tools.values()]

    def says_something(self, agent: str) -> bool:
        """Whether it has rules for tools of the agent, or has a person asked about them."""
        return any(rule.sensitive for rule in self.tools_of(agent)) or bool(self.unmatched(agent, ()))

    def unmatched(self, agent: str, tools: Collection[str]) -> list[str]:
        """The patterns for an agent that fit none of these tools."""
        patterns = self.agents.get(agent, AgentPolicy()).tools
        return [pattern for pattern in patterns if not any(fnmatchcase(tool, pattern) for tool in tools)]


PolicyNow: TypeAlias = Callable[[], Policy]
"""The policy as it stands at the moment."""


def read_policy(policy: object, agents: object, file: str) -> Policy:
    """The policy that the tables `policy` and `agents` of the file say.

    Raises:
        ConfigError: a name or a value in them is none.
    """
    return Policy(
        _rule(_table(policy, "policy", file), "policy", file),
        {
            name: _agent(_table(body, f"agents.{name}", file), f"agents.{name}", file)
            for name, body in _table(agents, "agents", file).items()
        },
    )


def _agent(table: Mapping[str, object], place: str, file: str) -> AgentPolicy:
    tools = {
        pattern: _rule(_table(body, f'{place}.tools."{pattern}"', file), f'{place}.tools."{pattern}"', file)
        for pattern, body in _table(table.get("tools", {}), f"{place}.tools", file).items()
    }
    rule = _rule({name: value for name, value in table.items() if name != "tools"}, place, file, also=("tools",))
    return AgentPolicy(rule, dict(sorted(tools.items(), key=lambda item: _precision(item[0]))))


def _precision(pattern: str) -> tuple[bool, int, str]:
    """Least precise first: a name of its own beats a pattern, and of patterns the one that names more characters."""
    named = sum(character not in "*?[]" for character in pattern)
    return named == len(pattern), named, pattern


def _rule(table: Mapping[str, object], place: str, file: str, also: Collection[str] = ()) -> Rule:
    for name in table:
        if name not in _NAMES:
            allowed = ", ".join([*_NAMES, *also])
            raise ConfigError(f"`{place}.{name}` in {file} is not a setting; allowed are {allowed}")

    def wrong(name: str, allowed: str) -> ConfigError:
        return ConfigError(f"`{place}.{name}` in {file} is {table[name]!r}; it must be {allowed}")

    def one_of(name: str, words: Collection[str]) -> str | None:
        if (value := table.get(name)) is None or value in words:
            return cast("str | None", value)
        raise wrong(name, f"one of {', '.join(words)}")

    def some_of(name: str, words: Collection[str]) -> tuple[str, ...] | None:
        value = table.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not value or not all(each in words for each in value):
            raise wrong(name, f"a list of some of {', '.join(words)}")
        return tuple(dict.fromkeys(value))

    sensitive = table.get("sensitive")
    if not isinstance(sensitive, bool | None):
        raise wrong("sensitive", "true or false")
    approver, channels = cast("ApproverName | None", one_of("approver", APPROVERS)), some_of("channels", _CHANNELS)
    if approver == "human" and channels == ("client",):
        others = " or ".join(word for word in _CHANNELS if word != "client")
        raise wrong("channels", f"a list with {others} in it where the approver is human")
    return Rule(sensitive, approver, channels, some_of("allow", _TYPES), one_of("risk", _RISKS))


def _table(value: object, place: str, file: str) -> Mapping[str, object]:
    if isinstance(value, dict):
        return value
    raise ConfigError(f"`{place}` in {file} is {value!r}; it must be a table")
