-- Version 4. Pages for people: who is signed in there, the secrets that sign in once, and what is looked up for a page: who
-- began a run, what was decided last, and what became of it.
CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    principal TEXT NOT NULL,
    program TEXT NOT NULL,
    began_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    open_until TEXT NOT NULL DEFAULT '',
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_listed ON sessions (project, began_at, session_id);
CREATE TABLE sign_ins (
    hash TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    principal TEXT NOT NULL,
    opens INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    used_at TEXT,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sign_ins_by_project ON sign_ins (project, made_at);

ALTER TABLE runs ADD COLUMN started_by TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN project TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN action TEXT NOT NULL DEFAULT '';
UPDATE decisions SET (project, agent, action) = (
    SELECT i.project, i.agent, coalesce((
        SELECT json_extract(request.value, '$.action') FROM json_each(i.question, '$.requests') AS request
        WHERE json_extract(request.value, '$.index') = decisions.idx
    ), '')
    FROM interrupts i WHERE i.interrupt_id = decisions.interrupt_id
) WHERE interrupt_id IN (SELECT interrupt_id FROM interrupts);
CREATE INDEX decisions_by_time ON decisions (project, decided_at, interrupt_id, idx, round);
CREATE INDEX decisions_by_action ON decisions (project, agent, action, decided_at, interrupt_id, idx, round);
CREATE INDEX effects_by_interrupt ON effects (interrupt_id, idx) WHERE interrupt_id <> '';
