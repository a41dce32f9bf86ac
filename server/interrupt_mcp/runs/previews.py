"""The preview of an edit: what would change with arguments that a person has edited and not decided on yet."""

from typing import TYPE_CHECKING

from interrupt_mcp.driving.previews import Previews
from interrupt_mcp.errors import InvalidDecision, Unavailable, UnknownAgent
from interrupt_mcp.model import Interrupt, JsonObject
from interrupt_mcp.model.previews import Preview, PreviewFailed
from interrupt_mcp.runs.caller import silently
from interrupt_mcp.runs.loading import load

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agents


async def preview_of_edit(
    previews: Previews, agents: "Agents", interrupt: Interrupt, index: int, args: JsonObject
) -> Preview | None:
    """Return what the preview of that request says of these arguments; `None` where it has none.

    An agent that is not loaded is loaded for it; where it cannot be, the preview has failed.

    Raises:
        InvalidDecision: the interrupt has no such request.
    """
    question = interrupt.question
    if (request := question.request(index)) is None:
        raise InvalidDecision(f"Interrupt {interrupt.code} has no request {index}")
    # To find a tool's own preview takes the agent, which may take long to load: one that had none has none.
    if request.preview is None and not previews.named_for(interrupt.agent, question, request):
        return None
    try:
        agent = await load(agents, interrupt.agent, silently)
    except (Unavailable, UnknownAgent) as error:
        return PreviewFailed(str(error.args[0]))
    return await previews.of_edit(agent, question, request, args)
