-- Reason: a take can be sent while it is recorded. Nobody knows then how long it will be, so an incoming upload may have no length
-- yet; and the studio must know after a crash that what the server has of such a take still needs its beginning corrected.

ALTER TABLE uploads ADD COLUMN growing INTEGER NOT NULL DEFAULT 0 CHECK (growing IN (0, 1));

-- A column's NOT NULL can't be taken away, so the table is made anew.
CREATE TABLE incoming_new (
    id            TEXT PRIMARY KEY,
    recording     TEXT NOT NULL REFERENCES video_recordings (id) ON DELETE CASCADE,
    upload_length INTEGER CHECK (upload_length >= 0),
    upload_offset INTEGER NOT NULL CHECK (upload_offset >= 0 AND upload_offset <= coalesce(upload_length, upload_offset)),
    metadata      TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    active_at     TEXT NOT NULL
) STRICT;

INSERT INTO incoming_new (id, recording, upload_length, upload_offset, metadata, created_at, active_at)
SELECT id, recording, upload_length, upload_offset, metadata, created_at, active_at FROM incoming;

DROP TABLE incoming;
ALTER TABLE incoming_new RENAME TO incoming;

CREATE INDEX incoming_by_activity ON incoming (active_at);
