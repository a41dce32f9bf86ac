-- Version 1. LangGraph's tables are as langgraph-checkpoint-sqlite 3 lays them out: `checkpoints` and `writes`, and
-- those of its store with the versions they have, since its own setup is not safe beside another process's or a crash.
CREATE TABLE IF NOT EXISTS checkpoints (
    thread_id TEXT NOT NULL,
    checkpoint_ns TEXT NOT NULL DEFAULT '',
    checkpoint_id TEXT NOT NULL,
    parent_checkpoint_id TEXT,
    type TEXT,
    checkpoint BLOB,
    metadata BLOB,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id)
);
CREATE TABLE IF NOT EXISTS writes (
    thread_id TEXT NOT NULL,
    checkpoint_ns TEXT NOT NULL DEFAULT '',
    checkpoint_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    task_path TEXT NOT NULL DEFAULT '',
    idx INTEGER NOT NULL,
    channel TEXT NOT NULL,
    type TEXT,
    value BLOB,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
);
CREATE TABLE IF NOT EXISTS store (
    prefix TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    expires_at TIMESTAMP,
    ttl_minutes REAL,
    PRIMARY KEY (prefix, key)
);
CREATE INDEX IF NOT EXISTS store_prefix_idx ON store (prefix);
CREATE INDEX IF NOT EXISTS idx_store_expires_at ON store (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS store_migrations (
    v INTEGER PRIMARY KEY
);
INSERT OR IGNORE INTO store_migrations (v) VALUES (0), (1), (2), (3), (4);
CREATE TABLE IF NOT EXISTS store_vectors (
    prefix TEXT NOT NULL,
    key TEXT NOT NULL,
    field_name TEXT NOT NULL,
    embedding BLOB,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (prefix, key, field_name),
    FOREIGN KEY (prefix, key) REFERENCES store (prefix, key) ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS vector_migrations (
    v INTEGER PRIMARY KEY
);
INSERT OR IGNORE INTO vector_migrations (v) VALUES (0);

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE threads (
    thread_id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    agent TEXT NOT NULL,
    approver TEXT NOT NULL,
    copied_from TEXT,
    created_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE runs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    thread_id TEXT NOT NULL REFERENCES threads,
    agent TEXT NOT NULL,
    agent_digest TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    input TEXT NOT NULL,
    context TEXT,
    answer TEXT,
    output TEXT,
    error_code TEXT,
    error_message TEXT,
    idempotency_key TEXT,
    request_digest TEXT NOT NULL,
    owner TEXT NOT NULL,
    epoch INTEGER NOT NULL DEFAULT 0,
    driven_seconds REAL NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE UNIQUE INDEX runs_idempotency ON runs (project, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX runs_active ON runs (thread_id) WHERE status IN ('pending', 'running', 'interrupted');
CREATE INDEX runs_listed ON runs (project, seq);
CREATE INDEX runs_by_agent ON runs (project, agent, seq);
CREATE INDEX runs_by_thread ON runs (thread_id, seq);
CREATE INDEX runs_by_status ON runs (project, status, seq);
CREATE INDEX runs_by_agent_and_status ON runs (project, agent, status, seq);
CREATE INDEX runs_in_flight ON runs (project, owner) WHERE status IN ('pending', 'running');

CREATE TABLE interrupts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    interrupt_id TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    project TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    thread_id TEXT NOT NULL,
    agent TEXT NOT NULL,
    langgraph_id TEXT NOT NULL,
    checkpoint_id TEXT,
    status TEXT NOT NULL,
    question TEXT NOT NULL,
    digest TEXT NOT NULL,
    round INTEGER NOT NULL DEFAULT 0,
    in_doubt TEXT NOT NULL DEFAULT '[]',
    delivered INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE INDEX interrupts_by_run ON interrupts (run_id, seq);
CREATE INDEX interrupts_by_langgraph_id ON interrupts (thread_id, langgraph_id);
CREATE INDEX interrupts_by_checkpoint ON interrupts (thread_id, checkpoint_id);
CREATE INDEX interrupts_by_code ON interrupts (project, code, seq);
CREATE INDEX interrupts_open ON interrupts (project, seq) WHERE status IN ('pending', 'unknown_outcome');
CREATE INDEX interrupts_open_by_agent ON interrupts (project, agent, seq) WHERE status IN ('pending', 'unknown_outcome');
CREATE INDEX interrupts_open_by_thread ON interrupts (thread_id, seq) WHERE status IN ('pending', 'unknown_outcome');

CREATE TABLE decisions (
    interrupt_id TEXT NOT NULL REFERENCES interrupts (interrupt_id),
    idx INTEGER NOT NULL,
    round INTEGER NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    args_digest TEXT,
    channel TEXT NOT NULL,
    who TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    PRIMARY KEY (interrupt_id, idx, round)
) WITHOUT ROWID;

CREATE TABLE effects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    thread_id TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    key TEXT NOT NULL,
    call TEXT NOT NULL,
    status TEXT NOT NULL,
    slots TEXT NOT NULL,
    subgraphs TEXT NOT NULL,
    langgraph_id TEXT NOT NULL,
    interrupt_id TEXT NOT NULL,
    idx INTEGER NOT NULL,
    args TEXT,
    result_type TEXT,
    result BLOB,
    error TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    gated INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    UNIQUE (run_id, key)
);
CREATE INDEX effects_by_thread ON effects (thread_id, seq);

-- Tool calls that people were asked about, by whom (tool, gate, outside), or that were written into a state (written):
-- kept apart so that they can be found by call and by name.
CREATE TABLE asked_calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    agent TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    action TEXT NOT NULL,
    message_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    origin TEXT NOT NULL,
    UNIQUE (run_id, action, message_id, position, call_id, origin)
);
CREATE INDEX asked_calls_by_thread ON asked_calls (thread_id);
CREATE INDEX asked_calls_by_name ON asked_calls (project, agent, action);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    project TEXT NOT NULL,
    event TEXT NOT NULL,
    run_id TEXT,
    thread_id TEXT,
    interrupt_id TEXT,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_listed ON audit (project, seq);
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append only'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append only'); END;
