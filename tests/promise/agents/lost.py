"""Agents whose calls run in threads that know nothing of the run, as pools and executors have them."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from langchain.agents import create_agent
from langchain_core.tools import tool

from tests.promise.agents.direct import State, look, one_node, send
from tests.scripted import Scripted, call


def _in_a_pool(state: State) -> State:
    with ThreadPoolExecutor() as pool:
        return {"said": [pool.submit(send.invoke, {"to": "ann"}).result()]}


def _mapped(state: State) -> State:
    with ThreadPoolExecutor() as pool:
        return {"said": list(pool.map(send.invoke, [{"to": "ann"}]))}


async def _in_an_executor(state: State) -> State:
    loop = asyncio.get_running_loop()
    return {"said": [await loop.run_in_executor(None, send.invoke, {"to": "ann"})]}


def _in_a_thread(state: State) -> State:
    raised: list[BaseException] = []

    def work() -> None:
        try:
            send.invoke({"to": "ann"})
        except Exception as error:  # noqa: BLE001  handed to who waits for the thread
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return {"said": []}


_pooled = create_agent(Scripted(turns=[[call("send", to="ann")]]), [send])


@tool
def delegate(to: str) -> str:
    """Have another agent do it, in a pool of threads."""
    with ThreadPoolExecutor() as pool:
        said = pool.submit(_pooled.invoke, {"messages": [("user", "go")]}).result()
    return str(said["messages"][-1].text)


@tool
async def delegate_to_executor(to: str) -> str:
    """Have another agent do it, in the loop's executor."""
    loop = asyncio.get_running_loop()
    said = await loop.run_in_executor(None, _pooled.invoke, {"messages": [("user", "go")]})
    return str(said["messages"][-1].text)


LOST = {
    "in_a_pool": one_node(_in_a_pool),
    "mapped": one_node(_mapped),
    "in_an_executor": one_node(_in_an_executor),
    "in_a_thread": one_node(_in_a_thread),
    "agent_in_a_pool": create_agent(Scripted(turns=[[call("delegate", to="x")]]), [delegate]),
    "agent_in_an_executor": create_agent(
        Scripted(turns=[[call("delegate_to_executor", to="x")]]), [delegate_to_executor]
    ),
}
"""Agents whose call runs in a thread that knows nothing of its run."""
for _name, _graph in LOST.items():
    globals()[_name] = _graph


def _reads(state: State) -> State:
    with ThreadPoolExecutor() as pool:
        return {"said": list(pool.map(look.invoke, [{"what": "a"}, {"what": "b"}]))}


reads_in_a_pool = one_node(_reads)
