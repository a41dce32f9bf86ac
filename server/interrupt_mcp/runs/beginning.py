"""How a run begins: what a caller asked for, as a run that can be kept."""

import uuid

from interrupt_mcp.model import Approver, JsonObject, RunId, ThreadId, digest_of
from interrupt_mcp.runs.caller import StartRequest
from interrupt_mcp.store.records import NewRun


def new_thread() -> ThreadId:
    """Return an id that no thread has."""
    return ThreadId(uuid.uuid4().hex)


def new_run(request: StartRequest, thread_id: ThreadId, context: JsonObject | None, approver: Approver) -> NewRun:
    """Return the run, which is kept by nobody yet."""
    asked_for = {"agent": request.agent, **request.body(), "context": request.context, "thread_id": request.thread_id}
    return NewRun(
        run_id=RunId(uuid.uuid4().hex),
        thread_id=thread_id,
        agent=request.agent,
        begins=request.begins(),
        context=context,
        breakpoints=request.breakpoints,
        request_digest=digest_of(asked_for),
        idempotency_key=request.idempotency_key or None,
        approver=approver,
    )
