"""Agents with work that outlives the drive in which it began, and with calls that cannot be told apart by their ids."""

import asyncio
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import tool

from tests.promise.agents.direct import send
from tests.scripted import Scripted, call, effect


class Worker:
    """One task for all jobs, made when the first one comes: it keeps the context in which that was."""

    def __init__(self, *, hands_on_config: bool) -> None:
        self._hands_on_config = hands_on_config
        self._jobs: asyncio.Queue[Any] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def do(self, to: str, config: RunnableConfig) -> str:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        await self._jobs.put((to, config, done))
        return await done

    async def _work(self) -> None:
        while True:
            to, config, done = await self._jobs.get()
            try:
                said = await send.ainvoke({"to": to}, config if self._hands_on_config else None)
            except Exception as error:  # noqa: BLE001  handed to who waits for the job
                done.set_exception(error)
            else:
                done.set_result(str(said))


def _handing_over(worker: Worker) -> Any:
    @tool
    async def hand_over(to: str, config: RunnableConfig) -> str:
        """Have the worker send it."""
        return await worker.do(to, config)

    return create_agent(Scripted(turns=[[call("hand_over", to="ann")]]), [hand_over])


worker_with_config = _handing_over(Worker(hands_on_config=True))
worker_without = _handing_over(Worker(hands_on_config=False))


@tool
def pay(amount: int) -> str:
    """Pay."""
    effect(f"pay {amount}")
    return f"paid {amount}"


asking = HumanInTheLoopMiddleware(interrupt_on={"pay": True})
one_id = create_agent(
    Scripted(turns=[[call("pay", "same", amount=1), call("pay", "same", amount=2)]]), [pay], middleware=[asking]
)
