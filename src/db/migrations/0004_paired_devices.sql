-- Reason: a phone that was let in once must not need a code at every start, and must be shut out one by one. Each has a token
-- of its own, of which only the SHA-256 is kept: whoever reads this file can't pass for a phone.

CREATE TABLE paired_devices (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    token_hash   TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    revoked_at   TEXT
) STRICT;

CREATE INDEX paired_devices_by_sight ON paired_devices (last_seen_at);
