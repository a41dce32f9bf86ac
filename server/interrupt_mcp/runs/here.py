"""The agents' own code where this process loads it: inquiries are answered here."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import anyio.to_thread

from interrupt_mcp.agents.agent import AgentCard
from interrupt_mcp.errors import AgentError, InvalidInput, Unavailable
from interrupt_mcp.model import JsonObject
from interrupt_mcp.runs import inquiries
from interrupt_mcp.runs.caller import Progress, silently
from interrupt_mcp.runs.inquiries import AgentAt, Inquiry, Seen, SeenAt, Taken
from interrupt_mcp.runs.previews import preview_of_edit
from interrupt_mcp.runs.shown import drawn, results_told

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent, Agents
    from interrupt_mcp.driving.previews import Previews
    from interrupt_mcp.runs.inputs import Inputs
    from interrupt_mcp.store.port import Checkpoints, Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Here:
    """See `inquiries.AgentSide`."""

    agents: "Agents"
    inputs: "Inputs"
    previews: "Previews"
    store: "Store"
    """As who calls sees it."""

    async def ask(self, inquiry: Inquiry[T], progress: Progress = silently) -> T:
        answered: T = await self._answered(inquiry, progress)
        return answered

    async def _answered(self, inquiry: Inquiry[Any], progress: Progress) -> Any:
        match inquiry:
            case inquiries.Load(agent):
                await self._load(agent, progress)
                return None
            case inquiries.Describe(agent):
                return await self._described(agent)
            case inquiries.TakesInput():
                return await self._takes_input(inquiry)
            case inquiries.SeePast():
                return await self._past(inquiry, progress)
            case inquiries.SeeMoment():
                return await self._moment(inquiry, progress)
            case inquiries.TakesRewind():
                return await self._takes_rewind(inquiry, progress)
            case inquiries.TakesCopy(made):
                async with self._made_at(made, progress) as found:
                    _refuse_elsewhere(found, "copied")
                return None
            case inquiries.SeeResults(made, results):
                async with self._made_at(made, progress) as found:
                    return results_told(self._reader(found), results)
            case inquiries.PreviewEdit(_, interrupt_id, index, args):
                interrupt = await self.store.interrupts.get(interrupt_id)
                return await preview_of_edit(self.previews, self._load, interrupt, index, args)
            case inquiries.PreviewFaults(agent):
                return tuple(await self.previews.faults(agent))
        raise TypeError(f"{type(inquiry).__name__} is no inquiry that is answered")

    async def _described(self, name: str) -> AgentCard:
        card = await self.agents.describe(name)
        return card if card.error else replace(card, preview_faults=tuple(await self.previews.faults(name)))

    async def _takes_input(self, asked: inquiries.TakesInput) -> Taken:
        name = asked.request.agent
        async with self._made_for(name, asked.context, asked.run_id, asked.thread_id) as agent:
            tried = await self.inputs.checked(self.store, agent, asked.request, asked.context, asked.thread_id)
            runs_at = "" if agent.place is None else agent.place.origin
            return Taken(agent.digest, tried, self.inputs.takes_any_message(agent), runs_at)

    async def _past(self, asked: inquiries.SeePast, progress: Progress) -> Seen:
        from interrupt_mcp.execution import history

        async with self._made_at(asked.made, progress) as agent:
            graph = self._graph(agent)
            past = await history.past(graph, asked.thread_id, asked.limit, asked.before, asked.upto)
            diagram, drawing = await anyio.to_thread.run_sync(drawn, graph, past.next)
            return Seen(past, diagram, drawing, results_told(self._reader(agent), asked.results))

    async def _moment(self, asked: inquiries.SeeMoment, progress: Progress) -> SeenAt:
        from interrupt_mcp.execution import history

        async with self._made_at(asked.made, progress) as agent:
            moment, values = await history.at(self._graph(agent), asked.made.thread_id, asked.checkpoint_id)
            return SeenAt(moment, values, results_told(self._reader(agent), asked.results))

    async def _takes_rewind(self, asked: inquiries.TakesRewind, progress: Progress) -> Taken:
        from interrupt_mcp.agents import validate_values
        from interrupt_mcp.execution.rewind import Rewind, begins_with

        async with self._made_at(asked.made, progress) as agent:
            _refuse_elsewhere(agent, "rewound")

            def check() -> None:
                if asked.values is not None:
                    validate_values(agent, asked.values)
                begins_with(self._graph(agent), asked.made.thread_id, Rewind(asked.checkpoint_id, asked.values))

            await self.inputs.bounded(check, "values")
            return Taken(agent.digest, None)

    async def _load(self, name: str, progress: Progress) -> "Agent":
        """Return the agent, after telling that it is being loaded, which may take long the first time."""
        await progress(f"loading {name}")
        try:
            return await self.agents.load(name)
        except AgentError as error:
            raise Unavailable(str(error).rstrip(".")) from error

    @asynccontextmanager
    async def _made_at(self, at: AgentAt, progress: Progress) -> AsyncIterator["Agent"]:
        """Give the agent as the run has it that made the checkpoint, within this context."""
        agent = await self._load(at.agent, progress)
        if not agent.made_for_runs:
            yield agent
            return
        threads = self.store.threads
        checkpoint_id = at.checkpoint_id or await threads.head(at.thread_id)
        context = None if checkpoint_id is None else await threads.context_at(at.thread_id, checkpoint_id)
        async with self._made_for(agent.name, context, at.run_id, at.thread_id) as made:
            yield made

    @asynccontextmanager
    async def _made_for(
        self, name: str, context: JsonObject | None, run_id: str, thread_id: str
    ) -> AsyncIterator["Agent"]:
        """Give the agent as a run with that context has it, within this context."""
        async with AsyncExitStack() as stack:
            made = self.agents.for_run(name, context, run_id=run_id, thread_id=thread_id)
            try:
                agent = await stack.enter_async_context(made)
            except AgentError as error:
                raise Unavailable(str(error).rstrip(".")) from error
            yield agent

    def _graph(self, agent: "Agent") -> Any:
        """Return the agent's graph, only to be looked at."""
        return agent.graph.copy(update={"checkpointer": self._reader(agent)})

    def _reader(self, agent: "Agent") -> "Checkpoints":
        return self.store.checkpoints(types=agent.types)


def _refuse_elsewhere(agent: "Agent", what: str) -> None:
    """Refuse what the server where an agent runs does not do with a thread of it.

    Raises:
        InvalidInput: it runs elsewhere.
    """
    if agent.place is not None:
        raise InvalidInput(f"Threads of {agent.name} are at {agent.place.origin}, and cannot be {what} from here")
