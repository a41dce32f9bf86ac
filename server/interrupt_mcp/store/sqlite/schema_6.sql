-- Version 6. Whose everything is: what is there belongs to the system's user, whose file this is. Who else decides what is
-- asked, and sees it therefore. And tokens, of which only hashes are kept.
-- What a process writes that was started before, and knows nothing of principals, is that user's as well.
ALTER TABLE threads ADD COLUMN principal TEXT NOT NULL DEFAULT :this_user;
ALTER TABLE runs ADD COLUMN principal TEXT NOT NULL DEFAULT :this_user;
ALTER TABLE interrupts ADD COLUMN principal TEXT NOT NULL DEFAULT :this_user;
ALTER TABLE decisions ADD COLUMN principal TEXT NOT NULL DEFAULT :this_user;
CREATE INDEX threads_by_principal ON threads (project, principal);

DROP INDEX runs_idempotency;
DROP INDEX runs_listed;
DROP INDEX runs_by_agent;
DROP INDEX runs_by_status;
DROP INDEX runs_by_agent_and_status;
CREATE UNIQUE INDEX runs_idempotency ON runs (project, principal, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX runs_of_project ON runs (project, seq);
CREATE INDEX runs_listed ON runs (project, principal, seq);
CREATE INDEX runs_by_agent ON runs (project, principal, agent, seq);
CREATE INDEX runs_by_status ON runs (project, principal, status, seq);
CREATE INDEX runs_by_agent_and_status ON runs (project, principal, agent, status, seq);

DROP INDEX interrupts_open_by_agent;
CREATE INDEX interrupts_open_by_principal ON interrupts (project, principal, seq)
    WHERE status IN ('pending', 'unknown_outcome');
CREATE INDEX interrupts_open_by_agent ON interrupts (project, principal, agent, seq)
    WHERE status IN ('pending', 'unknown_outcome');

DROP INDEX decisions_by_time;
DROP INDEX decisions_by_action;
CREATE INDEX decisions_by_time ON decisions (project, principal, decided_at, interrupt_id, idx, round);
CREATE INDEX decisions_by_action
    ON decisions (project, principal, agent, action, decided_at, interrupt_id, idx, round);

CREATE TABLE deciders (
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    interrupt_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    PRIMARY KEY (interrupt_id, name)
) WITHOUT ROWID;
CREATE INDEX deciders_by_name ON deciders (project, name, interrupt_id);
CREATE INDEX deciders_by_run ON deciders (run_id, name);
CREATE INDEX deciders_by_thread ON deciders (thread_id, name);

ALTER TABLE sessions ADD COLUMN scopes TEXT NOT NULL DEFAULT 'run,read,decide';
ALTER TABLE sessions ADD COLUMN groups TEXT NOT NULL DEFAULT '[]';
ALTER TABLE sessions ADD COLUMN token_hash TEXT NOT NULL DEFAULT '';

CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_at TEXT NOT NULL,
    expires_at TEXT,
    used_at TEXT,
    revoked_at TEXT
) WITHOUT ROWID;
CREATE INDEX tokens_by_name ON tokens (project, name, made_at);
