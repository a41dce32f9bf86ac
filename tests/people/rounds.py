"""A tool call of a client that shows forms, round by round: the forms as a result, then the answers to them."""

from typing import Any

from mcp import Client
from mcp_types import CallToolResult, ElicitResult, InputRequiredResult

from tests.conftest import Door

START = {"agent": "hotel", "message": "Book the Ritz, the Plaza and the Savoy"}


class Rounds:
    def __init__(self, client: Client, tool: str, arguments: dict[str, Any]) -> None:
        self._client = client
        self._tool = tool
        self._arguments = arguments

    async def ask(self) -> InputRequiredResult:
        result = await self._client.session.call_tool(self._tool, self._arguments, allow_input_required=True)
        assert isinstance(result, InputRequiredResult), result
        return result

    async def answer(self, state: str | None, answers: dict[str, ElicitResult] | None, **other: Any) -> Any:
        """The structured result, or the text of an error."""
        result = await self._client.session.call_tool(
            self._tool,
            {**self._arguments, **other},
            input_responses=answers,  # type: ignore[arg-type]
            request_state=state,
            allow_input_required=True,
        )
        assert isinstance(result, CallToolResult), result
        return result.content[0].text if result.is_error else result.structured_content  # type: ignore[union-attr]


def rounds(door: Door, tool: str = "start_run", **arguments: Any) -> Rounds:
    return Rounds(door.client, tool, arguments or START)


def decide(asked: InputRequiredResult, *decisions: str) -> dict[str, ElicitResult]:
    """Answers to the forms, in their order."""
    assert asked.input_requests is not None
    return {
        key: ElicitResult(action="accept", content={"decision": decision})
        for key, decision in zip(asked.input_requests, decisions, strict=True)
    }
