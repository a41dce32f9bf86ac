"""Prompts: reviewing what waits, and one for each agent that `langgraph.json` names. No agent is loaded for them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from mcp_types import (
    Completion,
    CompletionArgument,
    GetPromptResult,
    Prompt,
    PromptArgument,
    PromptMessage,
    TextContent,
)

from interrupt_mcp.agents.manifest import Entry
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.mcp.faults import invalid, short
from interrupt_mcp.model import Filters
from interrupt_mcp.model.thread_ids import name_of

if TYPE_CHECKING:
    from interrupt_mcp.agents.catalog import Catalog
    from interrupt_mcp.runs.runs import Runs

REVIEW = "review_pending"
_MOST = 100
_LONGEST = 20_000
"""Characters of an argument."""


class Prompts:
    """The prompts of one server, and what can be filled in where."""

    def __init__(self, agents: "Catalog") -> None:
        self._agents = agents

    def all(self) -> list[Prompt]:
        """Return the prompts that there are now."""
        return [_REVIEW, *(_of_agent(entry) for name, entry in self._entries().items() if name != REVIEW)]

    def get(self, name: str, arguments: Mapping[str, str]) -> GetPromptResult:
        """Return what the prompt says.

        Raises:
            MCPError: there is no such prompt, or it has no such argument.
        """
        entry = None if name == REVIEW else self._entries().get(name)
        if entry is None and name != REVIEW:
            raise invalid(f"There is no prompt {short(name)}; prompts/list has the names.")
        prompt = _REVIEW if entry is None else _of_agent(entry)
        _refuse(prompt, arguments)
        if entry is None:
            return _said(prompt, _review(arguments.get("agent", ""), arguments.get("thread_id", "")))
        return _said(prompt, _run(name, arguments.get("request", "")))

    async def complete(self, argument: CompletionArgument, open_runs: Callable[[], Awaitable["Runs"]]) -> Completion:
        """Return the agents, runs or threads that begin with what is there."""
        found = [value for value in await self._known(argument.name, open_runs) if value.startswith(argument.value)]
        return Completion(values=found[:_MOST], total=len(found), has_more=len(found) > _MOST)

    async def _known(self, name: str, open_runs: Callable[[], Awaitable["Runs"]]) -> list[str]:
        if name == "agent":
            return list(self._entries())
        if name not in ("run_id", "thread_id"):
            return []
        runs, _ = await (await open_runs()).list_runs(Filters(), "", _MOST)
        return list(dict.fromkeys(run.run_id if name == "run_id" else name_of(run.thread_id) for run in runs))

    def _entries(self) -> Mapping[str, Entry]:
        try:
            return self._agents.entries()
        except ConfigError:
            # list_agents says what is wrong with the file; what waits can be reviewed all the same.
            return {}


def _refuse(prompt: Prompt, arguments: Mapping[str, str]) -> None:
    """Refuse arguments that the prompt does not take.

    Raises:
        MCPError: it has none of that name, or one is too long.
    """
    names = [argument.name for argument in prompt.arguments or ()]
    for name, value in arguments.items():
        if name not in names:
            raise invalid(f"The prompt has no argument {short(name)}, only {', '.join(names)}.")
        if len(value) > _LONGEST:
            raise invalid(f"The argument {name} has {len(value):,} characters; at most {_LONGEST:,} are taken.")


_REVIEW = Prompt(
    name=REVIEW,
    title="Review what waits for a decision",
    description="Shows all actions that wait for a decision, one at a time, and delivers what you choose.",
    arguments=[
        PromptArgument(name="agent", description="Only those of this agent.", required=False),
        PromptArgument(name="thread_id", description="Only those of this thread.", required=False),
    ],
)


def _of_agent(entry: Entry) -> Prompt:
    return Prompt(
        name=entry.name,
        title=f"Run {entry.name}",
        description=entry.description or f"Runs the agent {entry.name}.",
        arguments=[PromptArgument(name="request", description="What the agent is to do.", required=False)],
    )


def _review(agent: str, thread_id: str) -> str:
    only = " and ".join(f"{name} {value!r}" for name, value in (("agent", agent), ("thread_id", thread_id)) if value)
    return (
        f"Call list_interrupts{f' with {only}' if only else ''}. Show me each interrupt that waits, one at a time: its"
        " code, the agent, the action and all of its arguments exactly as they are. Ask me what to do, with the types"
        " in `allowed`. Do not decide anything for me, and do not leave anything out. Then deliver what I chose with"
        " resume_run; where it says that a person must decide elsewhere, tell me where."
    )


def _run(agent: str, request: str) -> str:
    what = f"this request: {request}" if request else "what I ask for next"
    return (
        f"Use start_run with agent {agent!r} for {what}\n\nlist_agents shows what input it takes. While the run goes"
        " on, wait for it with get_run. When it waits for a decision, show me the action and all of its arguments"
        " exactly as they are and let me choose; do not decide for me."
    )


def _said(prompt: Prompt, text: str) -> GetPromptResult:
    message = PromptMessage(role="user", content=TextContent(type="text", text=text))
    return GetPromptResult(description=prompt.description, messages=[message])
