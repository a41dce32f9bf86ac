-- Version 8. Sessions that clients over HTTP ended: any process of the project can take a session up, but none of these.
CREATE TABLE ended_sessions (
    project TEXT NOT NULL,
    hash TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (project, hash)
);
CREATE INDEX ended_sessions_by_end ON ended_sessions (project, until);
