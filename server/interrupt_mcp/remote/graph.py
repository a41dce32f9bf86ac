"""The graph that stands for an agent that runs elsewhere: it has the server run, and asks here what is asked there.

    begin → server ⇄ ask

Its state is what the server says that the agent's is, as it stood at the last pause or the end. Each question there is
a task of its own here, so that all of them wait at once; once all are answered, the server gets the answers in one go.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from langchain_core.runnables import RunnableConfig
from langgraph.channels import Topic
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, Send, interrupt
from typing_extensions import TypedDict

from interrupt_mcp.model import Json, JsonObject, to_json
from interrupt_mcp.remote.faults import Rejected, RemoteFault
from interrupt_mcp.remote.messages import with_messages
from interrupt_mcp.remote.place import FENCED, Place
from interrupt_mcp.remote.thread import Decide, Given, RemoteRun, RemoteThread, Standing
from interrupt_mcp.remote.wire import connected

log = logging.getLogger(__name__)
_ROOT = "__root__"
_GO_ON, _TRY_AGAIN = "go on", "try again"

_State = TypedDict(
    "_State",
    {
        "__root__": Any,  # the run's input
        "values": Any,
        "answers": Annotated[list[dict[str, Any]], Topic],
        "thread": str,
        "step": int,
    },
    total=False,
)


def graph_of(place: Place) -> Any:
    """Return the graph for the agent at that place."""

    async def begin(state: Mapping[str, Any], config: RunnableConfig) -> dict[str, Any]:
        """Find the thread there, which is the same for all runs on one here."""
        if "thread" in state:
            return {}
        configurable = config["configurable"]
        thread_id, run_id = place.thread_of(configurable["thread_id"]), configurable["run_id"]
        async with connected(place) as client:
            await _refuse_foreign(RemoteThread(client, place, thread_id, run_id, 0), place, run_id)
        return {"thread": thread_id}

    async def server(state: Mapping[str, Any], config: RunnableConfig, runtime: Runtime[Any]) -> Command[str]:
        """Have the server run until it asks, or is done."""
        return await _at_server(place, state, config["configurable"], runtime)

    # What it is given, and its state there, are of no type that is known here.
    kind: Any = StateGraph
    builder = kind(_State, input_schema=dict, output_schema=dict)
    builder.add_node("begin", begin)
    builder.add_node("server", server, destinations=("ask", END))
    builder.add_node("ask", _ask, input_schema=dict)
    builder.add_edge(START, "begin").add_edge("begin", "server").add_edge("ask", "server")
    # What is seen of it is what the agent's own state is.
    return builder.compile().copy(update={"output_channels": "values", "stream_channels": "values"})


async def cancel(place: Place, thread_id: str, run_id: str) -> None:
    """End what a run of ours began there, if it goes on and the server can be reached."""
    try:
        async with connected(place) as client:
            await RemoteThread(client, place, place.thread_of(thread_id), run_id, 0).cancel()
    except RemoteFault as fault:
        log.warning("run %s is cancelled, and may go on there: %s", run_id, fault)


def _ask(question: dict[str, Any]) -> dict[str, Any]:
    """Ask here what is asked there."""
    schema = question["schema"]
    answer = interrupt(question["value"], response_schema=schema) if schema else interrupt(question["value"])
    return {"answers": [{"id": question["id"], "value": answer}]}


async def _at_server(
    place: Place, state: Mapping[str, Any], configurable: Mapping[str, Any], runtime: Runtime[Any]
) -> Command[str]:
    run_id, step, answers = configurable["run_id"], state.get("step", 0), state.get("answers", [])
    _refuse_no(answers)
    async with connected(place) as client:
        thread = RemoteThread(client, place, state["thread"], run_id, step)
        run = await thread.begun()
        if run is not None and run.failed and answers:
            question = _question(_TRY_AGAIN, f"{await thread.why(run)}. Should it try that again there?")
            return Command(update={"step": step + 1}, goto=[Send("ask", question)])
        if run is None or run.failed:
            given = to_json(state.get(_ROOT))
            run = await thread.begin(_decider(given, answers, run), run, configurable[FENCED], _context(runtime))
        if run is None:
            log.warning("run %s: what was decided was answered at %s before, and is not sent", run_id, place.origin)
        else:
            run = await thread.follow(run, runtime.stream_writer)
            if run.failed:
                raise RemoteFault(await thread.why(run))
        return _next(await thread.standing(), step, place)


def _next(standing: Standing, step: int, place: Place) -> Command[str]:
    questions = [{"id": ask.id, "value": ask.value, "schema": ask.response_schema} for ask in standing.asks]
    if not questions and standing.next:
        before = ", ".join(standing.next)
        questions = [_question(_GO_ON, f"The agent stopped at {place.origin} before {before}. Should it go on?")]
    update = {"values": with_messages(standing.values), "step": step + 1}
    return Command(update=update, goto=[Send("ask", each) for each in questions])


def _decider(given: Json, answers: Sequence[JsonObject], failed: RemoteRun | None) -> Decide:
    """Return what says how to begin: with the answers to what still is asked, or with the input."""

    def decide(standing: Standing) -> Given | None:
        if any(not each["id"] for each in answers):
            return Given() if standing.next else None
        if answers:
            asked = {ask.id for ask in standing.asks}
            wanted = {str(each["id"]): each["value"] for each in answers if each["id"] in asked}
            return Given(answers=wanted) if wanted else None
        began = failed is not None and standing.run_id == failed.run_id and standing.next
        return Given() if began and START not in standing.next else Given(input=given)

    return decide


def _question(action: str, description: str) -> dict[str, Any]:
    """Return a question of ours, which is answered by yes or no; it has no id there."""
    config = {"allow_accept": True, "allow_ignore": True, "allow_edit": False, "allow_respond": False}
    value = {"action_request": {"action": action, "args": {}}, "config": config, "description": description}
    return {"id": "", "value": value, "schema": None}


def _refuse_no(answers: Sequence[Any]) -> None:
    if any(not each["id"] and each["value"].get("type") != "accept" for each in answers):
        raise Rejected("A person did not let the agent go on at the Agent Server")


async def _refuse_foreign(thread: RemoteThread, place: Place, run_id: str) -> None:
    """Refuse a thread that is new here, and is somebody else's there."""
    if any(not run.mark.startswith(f"{run_id}:") for run in await thread.runs()):
        raise RemoteFault(f"{place.named} has this thread from elsewhere: start on one with another thread_id")


def _context(runtime: Runtime[Any]) -> JsonObject:
    found = to_json(runtime.context)
    return found if isinstance(found, dict) else {}
