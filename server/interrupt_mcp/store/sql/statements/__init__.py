"""The statements about each table, in the SQL that SQLite and PostgreSQL share. They run nothing.

Two views hide how LangGraph lays out its tables: `steps` (`thread_id`, `checkpoint_ns`, `checkpoint_id`,
`parent_checkpoint_id`, `source`, `run_id`: the checkpoints) and `step_writes` (`thread_id`, `checkpoint_ns`,
`checkpoint_id`, `task_id`, `channel`).
"""
