-- Version 5. Which clients called, and what they declared that they can do.
CREATE TABLE clients (
    project TEXT NOT NULL,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    protocol TEXT NOT NULL,
    over TEXT NOT NULL,
    declared TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (project, client_id)
) WITHOUT ROWID;
CREATE INDEX clients_listed ON clients (project, seen_at, client_id);
