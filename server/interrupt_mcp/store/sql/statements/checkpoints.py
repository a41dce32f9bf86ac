"""Statements about LangGraph's own tables of checkpoints, whose names and columns differ from database to database."""

from dataclasses import dataclass

from interrupt_mcp.store.sql.layout import Layout
from interrupt_mcp.store.sql.transaction import Statement

OURS = "thread_id = (SELECT thread_id FROM threads WHERE own(threads) AND thread_id = :thread_id)"
"""Of a thread that whoever asks may change."""
MINE = "threads.project = :project AND threads.principal = :principal"
"""Also where all of the project is seen."""
_STEP = f"{OURS} AND checkpoint_ns = :checkpoint_ns AND checkpoint_id = :checkpoint_id"
_NO_TASK = "00000000-0000-0000-0000-000000000000"
"""LangGraph's id for writes that belong to a checkpoint and not to a task."""
_CHECKPOINT = "checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata"
_CHAIN = """
WITH RECURSIVE chain (id) AS (
    SELECT checkpoint_id FROM checkpoints
    WHERE thread_id = :thread_id AND checkpoint_ns = '' AND checkpoint_id = :checkpoint_id
    UNION
    SELECT c.parent_checkpoint_id FROM chain JOIN checkpoints c
    ON c.thread_id = :thread_id AND c.checkpoint_ns = '' AND c.checkpoint_id = chain.id
    WHERE c.parent_checkpoint_id IS NOT NULL
)
"""
_NOT_ANOTHERS = "NOT EXISTS (SELECT 1 FROM threads WHERE NOT seen(threads) AND thread_id = :thread_id)"
"""Threads of agents that a tool runs by itself, with ids of its own, are nobody's."""
_ASKED, _FAILED = "'__interrupt__'", "'__error__'"
"""LangGraph's channels for what a task asked and for what it raised."""


@dataclass(frozen=True, slots=True)
class Blobs:
    """Statements about values that are kept apart from the checkpoints that refer to them."""

    copy: Statement
    delete_thread: Statement
    delete_unused: Statement


def layout_of(writes: str, value: str, size: Statement, blobs: Blobs | None = None) -> Layout:
    """Return what the store changes where LangGraph's writes are in such a table, their values in such a column."""
    write = f"checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, {value}"
    return Layout(
        delete_step=(
            Statement(f"DELETE FROM {writes} WHERE {_STEP}"),
            Statement(f"DELETE FROM checkpoints WHERE {_STEP}"),
        ),
        delete_unused=(blobs.delete_unused,) if blobs else (),
        delete_thread=(
            Statement(f"DELETE FROM {writes} WHERE {OURS}"),
            *((blobs.delete_thread,) if blobs else ()),
            Statement(f"DELETE FROM checkpoints WHERE {OURS}"),
        ),
        copy_thread=(
            Statement(f"""
{_CHAIN} INSERT INTO checkpoints (thread_id, {_CHECKPOINT}) SELECT :copy, {_CHECKPOINT} FROM checkpoints
WHERE {OURS} AND CASE checkpoint_ns
    WHEN '' THEN checkpoint_id IN (SELECT id FROM chain) ELSE checkpoint_id < :checkpoint_id END
"""),
            Statement(f"""
{_CHAIN} INSERT INTO {writes} (thread_id, {write}) SELECT :copy, {write} FROM {writes}
WHERE {OURS} AND CASE
    WHEN checkpoint_ns <> '' THEN checkpoint_id < :checkpoint_id
    WHEN checkpoint_id = :checkpoint_id THEN task_id = '{_NO_TASK}'
    ELSE checkpoint_id IN (SELECT id FROM chain) END
"""),
            *((blobs.copy,) if blobs else ()),
        ),
        size=size,
        forget_error=Statement(f"DELETE FROM {writes} WHERE {_STEP} AND task_id = :task_id AND channel = {_FAILED}"),
    )


@dataclass(frozen=True, slots=True)
class CheckpointStatements:
    """What a checkpointer writes and asks besides what LangGraph's own reads. A write's value is `value`."""

    keep_write: Statement
    """Writes what a node returned; what is there already stays, as LangGraph has it."""
    replace_write: Statement
    """Replaces what LangGraph itself keeps of a task: its error, what it asks, how it resumes."""
    delete_thread: tuple[Statement, ...]
    anothers: Statement
    """Finds something where the thread is out of reach."""
    newest: Statement
    failed_tasks: Statement
    asked_below: Statement
    below: Statement


def checkpoint_statements(writes: str, value: str, tables: tuple[str, ...]) -> CheckpointStatements:
    """Return the statements where writes are in such a table, their values in such a column, and all in `tables`."""
    written = f"""
INSERT INTO {writes} (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, {value})
VALUES (:thread_id, :checkpoint_ns, :checkpoint_id, :task_id, :task_path, :idx, :channel, :type, :value)
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
"""
    replaced = ", ".join(f"{column} = excluded.{column}" for column in ("task_path", "channel", "type", value))
    return CheckpointStatements(
        # Of a run whose epoch was compared in the same transaction.
        keep_write=Statement(f"{written} DO NOTHING", of_all_projects=True),
        replace_write=Statement(f"{written} DO UPDATE SET {replaced}", of_all_projects=True),
        delete_thread=tuple(
            Statement(f"DELETE FROM {table} WHERE thread_id = :thread_id", of_all_projects=True) for table in tables
        ),
        anothers=Statement("SELECT 1 FROM threads WHERE NOT seen(threads) AND thread_id = :thread_id"),
        newest=Statement(f"""
SELECT max(checkpoint_id) AS newest FROM checkpoints WHERE thread_id = :thread_id AND {_NOT_ANOTHERS}
"""),
        failed_tasks=Statement(f"""
SELECT checkpoint_ns, checkpoint_id, task_id, i.type, i.{value} AS value
FROM {writes} e JOIN {writes} i USING (thread_id, checkpoint_ns, checkpoint_id, task_id)
WHERE thread_id = :thread_id AND i.channel = {_ASKED} AND e.channel = {_FAILED}
  AND checkpoint_id = (SELECT max(c.checkpoint_id) FROM checkpoints c
                       WHERE c.thread_id = e.thread_id AND c.checkpoint_ns = e.checkpoint_ns) AND {_NOT_ANOTHERS}
"""),
        asked_below=Statement(f"""
SELECT checkpoint_ns, task_path, type, {value} AS value FROM {writes}
WHERE thread_id = :thread_id AND channel = {_ASKED} AND checkpoint_ns > '' AND {_NOT_ANOTHERS}
ORDER BY length(checkpoint_ns)
"""),
        below=Statement(f"""
SELECT DISTINCT checkpoint_ns FROM checkpoints WHERE thread_id = :thread_id AND checkpoint_ns > '' AND {_NOT_ANOTHERS}
"""),
    )
