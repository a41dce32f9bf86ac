"""A run that ends between what a model said and the checkpoint that would have it: LangGraph forgets what was said."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver

from interrupt_mcp.execution import Start, advance, look, with_missing_results
from tests.benchmarks.agents import graph as plain

pytestmark = pytest.mark.anyio


class Refusing(InMemorySaver):
    """Keeps what tasks write, but from the second step on no checkpoint, while it is told to."""

    refuses = True

    async def aput(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
        if self.refuses and metadata["step"] > 0:
            raise RuntimeError("the run ended here")
        return await super().aput(config, checkpoint, metadata, new_versions)


async def test_a_call_that_is_forgotten_with_its_step_gets_no_result() -> None:
    saver = Refusing()
    graph = plain.copy(update={"checkpointer": saver})
    with pytest.raises(RuntimeError):
        await advance(graph, "thread", "one", Start({"messages": [("user", "go")]}))
    saver.refuses = False
    standing = await look(graph, "thread", {}, {}, {}, paused=False)
    assert [call["name"] for call in standing.values["messages"][-1].tool_calls] == ["refund"]
    given = with_missing_results({"messages": [("user", "again")]}, standing)
    await advance(graph, "thread", "two", Start(given))
    messages = (await graph.aget_state({"configurable": {"thread_id": "thread"}})).values["messages"]
    called = {call["id"] for message in messages if isinstance(message, AIMessage) for call in message.tool_calls}
    assert {message.tool_call_id for message in messages if isinstance(message, ToolMessage)} <= called
