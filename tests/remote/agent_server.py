"""A small Agent Server: as much of LangGraph's as is asked from here, in a thread of the tests, over real graphs.

What it answers is what LangGraph's own does: `make guides` runs the same tests with that. Here it can fail besides.
"""

import asyncio
import json
import re
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from pydantic_core import to_jsonable_python
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.patience import PATIENCE

Fault = Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]
"""Answers a request instead, or has it answered."""
_GOING = ("pending", "running")


@dataclass
class _Run:
    body: dict[str, Any]
    task: "asyncio.Task[None] | None" = None
    wrote: list[Any] = field(default_factory=list)
    error: dict[str, str] | None = None
    output: Any = None


@dataclass
class AgentServer:
    """The server, and what it was asked."""

    graphs: dict[str, Any]
    url: str = ""
    threads: dict[str, list[_Run]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path and headers of each request."""
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    """What answers the next requests whose method and path match a pattern, each once."""

    def fails(self, pattern: str, fault: Fault, times: int = 1) -> None:
        """Have the next requests fail, as many as that."""
        self.faults += [(pattern, fault)] * times

    def runs(self) -> list[dict[str, Any]]:
        """All runs, in the order in which they began."""
        return [run.body for runs in self.threads.values() for run in runs]

    def app(self) -> Starlette:
        self._saver = InMemorySaver()
        at = "/threads/{thread_id}"
        run = f"{at}/runs/{{run_id}}"
        return Starlette(
            routes=[
                self._route("/ok", self._ok),
                self._route("/assistants/search", self._search, "POST"),
                self._route("/assistants/{assistant_id}/schemas", self._schemas),
                self._route(f"{at}/state", self._state),
                self._route(f"{at}/state/checkpoint", self._state, "POST"),
                self._route(f"{at}/runs", self._list),
                self._route(f"{at}/runs", self._create, "POST"),
                self._route(run, self._get),
                self._route(f"{run}/join", self._join),
                self._route(f"{run}/stream", self._stream),
                self._route(f"{run}/cancel", self._cancel, "POST"),
            ]
        )

    def _route(self, path: str, answer: Callable[[Request], Awaitable[Response]], method: str = "GET") -> Route:
        async def answered(request: Request) -> Response:
            line = f"{request.method} {request.url.path}"
            self.asked.append((request.method, request.url.path, dict(request.headers)))
            found = next((each for each in self.faults if re.search(each[0], line)), None)
            if found is not None:
                self.faults.remove(found)
                return await found[1](request, answer)
            return await answer(request)

        return Route(path, answered, methods=[method])

    async def _ok(self, _request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def _search(self, request: Request) -> Response:
        name = (await request.json())["graph_id"]
        if name not in self.graphs:
            return _refused(404, f"Graph '{name}' not found. Expected one of: {sorted(self.graphs)}")
        return JSONResponse([{"assistant_id": _assistant(name), "graph_id": name, "description": None}])

    async def _schemas(self, request: Request) -> Response:
        graph = next(g for name, g in self.graphs.items() if _assistant(name) == request.path_params["assistant_id"])
        return JSONResponse({"input_schema": graph.get_input_jsonschema(), "context_schema": None})

    async def _state(self, request: Request) -> Response:
        runs = self.threads.get(thread_id := request.path_params["thread_id"])
        if runs is None:
            return _refused(404, f"Thread with ID {thread_id} not found")
        graph = self._graph(runs[-1].body["graph"])
        state = await graph.aget_state({"configurable": {"thread_id": thread_id}})
        return JSONResponse(to_jsonable_python(_state(state), fallback=repr))

    async def _list(self, request: Request) -> Response:
        runs = self.threads.get(thread_id := request.path_params["thread_id"])
        if runs is None:
            return _refused(404, f"Thread with ID {thread_id} not found")
        limit = int(request.query_params["limit"])
        return JSONResponse([run.body for run in reversed(runs)][:limit])

    async def _create(self, request: Request) -> Response:
        body, thread_id = await request.json(), request.path_params["thread_id"]
        name = body["assistant_id"]
        if name not in self.graphs:
            return _refused(422, f"Invalid assistant: '{name}'")
        if thread_id not in self.threads and body.get("if_not_exists") != "create":
            return _refused(404, f"Thread with ID {thread_id} not found")
        assert str(uuid.UUID(thread_id)) == thread_id
        runs = self.threads.setdefault(thread_id, [])
        if any(run.body["status"] in _GOING for run in runs):
            assert body["multitask_strategy"] == "reject"
            return _refused(409, "Thread is already running a task.")
        run_id = str(uuid.uuid4())
        told = {"run_id": run_id, "thread_id": thread_id, "status": "pending", "metadata": body.get("metadata") or {}}
        run = _Run({**told, "graph": name, "kwargs": {"command": body.get("command"), "input": body.get("input")}})
        runs.append(run)
        run.task = asyncio.create_task(self._run(run, body))
        return JSONResponse(run.body)

    async def _run(self, run: _Run, body: dict[str, Any]) -> None:
        graph, status = self._graph(run.body["graph"]), "error"
        config = {"configurable": {"thread_id": run.body["thread_id"]}, "metadata": {"run_id": run.body["run_id"]}}
        given = Command(resume=body["command"]["resume"]) if body.get("command") else body.get("input")
        run.body["status"] = "running"
        try:
            modes = ["custom", "values"]
            stream = graph.astream(given, config, context=body.get("context"), stream_mode=modes, durability="sync")
            async for mode, part in stream:
                if mode == "custom":
                    run.wrote.append(part)
                else:
                    run.output = part
            status = "success"
        except asyncio.CancelledError:
            status = "interrupted"
        except Exception as error:  # noqa: BLE001  whatever the agent raises
            run.error = {"error": type(error).__name__, "message": str(error)}
        finally:
            run.body["status"] = status

    async def _get(self, request: Request) -> Response:
        return JSONResponse(self._found(request).body)

    async def _join(self, request: Request) -> Response:
        run = self._found(request)
        await _ended(run)
        return JSONResponse(to_jsonable_python({"__error__": run.error} if run.error else run.output, fallback=repr))

    async def _stream(self, request: Request) -> Response:
        run = self._found(request)

        async def events() -> AsyncIterator[bytes]:
            await _ended(run)
            for part in run.wrote:
                yield f"event: custom\ndata: {json.dumps(part)}\n\n".encode()
            yield b"event: end\ndata: null\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def _cancel(self, request: Request) -> Response:
        run = self._found(request)
        if run.task is not None and run.body["status"] in _GOING:
            run.task.cancel()
        await _ended(run)
        return JSONResponse(None)

    def _graph(self, name: str) -> Any:
        return self.graphs[name].copy(update={"checkpointer": self._saver})

    def _found(self, request: Request) -> _Run:
        runs = self.threads[request.path_params["thread_id"]]
        return next(run for run in runs if run.body["run_id"] == request.path_params["run_id"])


async def _ended(run: _Run) -> None:
    while run.body["status"] in _GOING:
        await asyncio.sleep(0.01)


def _assistant(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def _refused(status: int, detail: str) -> Response:
    return JSONResponse({"detail": detail}, status)


def _state(state: Any) -> dict[str, Any]:
    if not state.config["configurable"].get("checkpoint_id"):
        return {"values": {}, "next": [], "tasks": [], "metadata": None, "created_at": None, "checkpoint": None}
    tasks = [
        {
            **{"id": task.id, "name": task.name, "error": task.error and repr(task.error), "checkpoint": None},
            "interrupts": [
                {"id": each.id, "value": each.value, "response_schema": each.response_schema}
                for each in task.interrupts
            ],
            "state": None,
        }
        for task in state.tasks
    ]
    at = {"checkpoint_ns": "", **state.config["configurable"]}
    told = {"values": state.values, "next": state.next, "tasks": tasks, "metadata": state.metadata, "checkpoint": at}
    return {**told, "created_at": state.created_at, "parent_checkpoint": None}


@contextmanager
def agent_server(graphs: dict[str, Any]) -> Iterator[AgentServer]:
    """The server, on a free port of loopback."""
    served = AgentServer(graphs)
    config = uvicorn.Config(served.app(), port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    # Signals are the tests' own.
    server.capture_signals = contextmanager(lambda: iter([None]))  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        for _ in range(int(PATIENCE * 100)):
            if server.started:
                break
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        served.url = f"http://127.0.0.1:{port}"
        yield served
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
