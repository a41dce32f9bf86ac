"""A client that listens while its call waits."""

from dataclasses import dataclass, field
from typing import Any

from tests.conftest import Door


@dataclass
class Listener:
    """What a client is told, in order."""

    door: Door
    told: list[str] = field(default_factory=list)

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The tool's result, once all that it told on its way is there."""

        async def on_progress(progress: float, total: float | None, message: str | None) -> None:
            self.told.append(message or "")

        result = await self.door.client.call_tool(tool, arguments, progress_callback=on_progress)
        assert not result.is_error, result.content
        assert result.structured_content is not None
        return result.structured_content

    async def start(self, agent: str, message: str = "go", wait_seconds: int = 25) -> dict[str, Any]:
        return await self.call("start_run", agent=agent, message=message, wait_seconds=wait_seconds)
