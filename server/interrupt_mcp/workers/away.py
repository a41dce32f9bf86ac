"""The agents' own code where workers load it: inquiries are passed on to one. See `runs.inquiries.AgentSide`."""

from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from interrupt_mcp.access import Access
from interrupt_mcp.runs import inquiries
from interrupt_mcp.runs.caller import Progress, silently
from interrupt_mcp.runs.inquiries import Inquiry, Taken
from interrupt_mcp.workers.fleet import Fleet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Away:
    """See `inquiries.AgentSide`."""

    fleet: Fleet
    access: Access
    """Of who calls."""

    async def ask(self, inquiry: Inquiry[T], progress: Progress = silently) -> T:
        agent = _agent_of(inquiry)
        if isinstance(inquiry, inquiries.Load) and self.fleet.has_loaded(agent):
            return cast("T", None)
        if _is_message_alone(inquiry) and self.fleet.take_any_message(agent):
            return cast("T", Taken("", None))
        answer: Any = await self.fleet.ask(agent, inquiry, self.access, progress)
        if isinstance(answer, Taken):
            # Another worker, with the agent as it is then, may come to drive the run: the first settles which it is.
            answer = replace(answer, agent_digest="")
        given: T = answer
        return given


def _is_message_alone(inquiry: Inquiry[Any]) -> bool:
    """Whether it is whether a message is taken, with nothing besides."""
    return isinstance(inquiry, inquiries.TakesInput) and inquiry.request.is_message_alone and not inquiry.context


def _agent_of(inquiry: Inquiry[Any]) -> str:
    """Return the name of the agent that the inquiry is about."""
    match inquiry:
        case inquiries.TakesInput(request):
            return request.agent
        case (
            inquiries.SeePast(made)
            | inquiries.SeeMoment(made)
            | inquiries.TakesRewind(made)
            | inquiries.TakesCopy(made)
            | inquiries.SeeResults(made)
        ):
            return made.agent
        case (
            inquiries.Load(agent)
            | inquiries.Describe(agent)
            | inquiries.PreviewEdit(agent)
            | inquiries.PreviewFaults(agent)
        ):
            return agent
    raise TypeError(f"{type(inquiry).__name__} is about no agent")
