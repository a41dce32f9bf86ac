"""The preview of an edit: what would change with arguments that a person has edited and not decided on yet."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from interrupt_mcp.config.policy import Policy
from interrupt_mcp.driving.previews import Previews, named_for
from interrupt_mcp.errors import InvalidDecision, Unavailable, UnknownAgent
from interrupt_mcp.model import Interrupt, JsonObject, Request
from interrupt_mcp.model.previews import Preview, PreviewFailed
from interrupt_mcp.runs.caller import Progress, silently

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent

Load = Callable[[str, Progress], Awaitable["Agent"]]


def request_of(interrupt: Interrupt, index: int) -> Request:
    """Return the request.

    Raises:
        InvalidDecision: the interrupt has no such request.
    """
    if (request := interrupt.question.request(index)) is None:
        raise InvalidDecision(f"Interrupt {interrupt.code} has no request {index}")
    return request


def may_have_preview(policy: Policy, interrupt: Interrupt, index: int) -> bool:
    """Whether the request had a preview when it was asked, or policy has come to name one.

    To find a tool's own preview takes the agent, which may take long to load: one that had none has none.

    Raises:
        InvalidDecision: the interrupt has no such request.
    """
    request = request_of(interrupt, index)
    return request.preview is not None or named_for(policy, interrupt.agent, interrupt.question, request)


async def preview_of_edit(
    previews: Previews, load: Load, interrupt: Interrupt, index: int, args: JsonObject
) -> Preview | None:
    """Return what the preview of that request says of these arguments; `None` where it has none.

    An agent that is not loaded is loaded for it; where it cannot be, the preview has failed.

    Raises:
        InvalidDecision: the interrupt has no such request.
    """
    request = request_of(interrupt, index)
    try:
        agent = await load(interrupt.agent, silently)
    except (Unavailable, UnknownAgent) as error:
        return PreviewFailed(str(error.args[0]))
    return await previews.of_edit(agent, interrupt.question, request, args)
