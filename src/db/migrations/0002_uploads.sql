-- Reason: an upload must go on after a restart from where the server has it, so the client keeps one row for each take and
-- server. Rows go with their take; a token is never kept.

CREATE TABLE uploads (
    take       TEXT NOT NULL REFERENCES takes (id) ON DELETE CASCADE,
    server     TEXT NOT NULL,
    location   TEXT,
    recording  TEXT,
    sha256     TEXT,
    bytes      INTEGER NOT NULL CHECK (bytes >= 0),
    status     TEXT NOT NULL CHECK (status IN ('pending', 'uploading', 'uploaded', 'failed')),
    attempt    INTEGER NOT NULL CHECK (attempt >= 0),
    problem    TEXT,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (take, server)
) STRICT;

CREATE INDEX uploads_by_status ON uploads (status, updated_at);
