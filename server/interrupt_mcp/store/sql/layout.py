"""What the store changes in LangGraph's own tables, which each database lays out in its own way."""

from dataclasses import dataclass

from interrupt_mcp.store.sql.transaction import Statement


@dataclass(frozen=True, slots=True)
class Layout:
    """The statements of one layout, each list of them to be run in order."""

    delete_step: tuple[Statement, ...]
    """Delete one checkpoint with its writes: `:thread_id`, `:checkpoint_ns`, `:checkpoint_id`."""
    delete_unused: tuple[Statement, ...]
    """Delete what no checkpoint of `:thread_id` refers to any more that is in `:checkpoint_ns`."""
    delete_thread: tuple[Statement, ...]
    """Delete all checkpoints and writes of `:thread_id`."""
    copy_thread: tuple[Statement, ...]
    """Copy to the thread `:copy` what led to `:checkpoint_id` of `:thread_id`, and nothing that was pending there."""
    size: Statement
    """The bytes, as `size`, of the checkpoints and writes of whoever asks."""
    forget_error: Statement
    """Delete the error of one task: `:thread_id`, `:checkpoint_ns`, `:checkpoint_id`, `:task_id`."""
