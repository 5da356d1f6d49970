-- Reason: the same program is the server. `video_recordings` is what it has been sent, with the columns other studios of this
-- kind use; `incoming` is what it is being sent, so that a resumable upload survives a restart of the server.

-- `take` names a take of another machine, so it refers to nothing here. `file_path` is relative: `data/videos/...`.
CREATE TABLE video_recordings (
    id               TEXT PRIMARY KEY,
    user_id          TEXT,
    title            TEXT NOT NULL,
    file_path        TEXT NOT NULL,
    duration_seconds REAL NOT NULL DEFAULT 0,
    status           TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'uploading', 'uploaded', 'failed')),
    scene_data       TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(scene_data)),
    created_at       TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    take             TEXT,
    bytes            INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    sha256           TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX video_recordings_by_creation ON video_recordings (created_at);
CREATE INDEX video_recordings_by_sha256 ON video_recordings (sha256);

-- `active_at` moves with the offset: an upload is stale when nothing has come for long, not when it is large.
CREATE TABLE incoming (
    id            TEXT PRIMARY KEY,
    recording     TEXT NOT NULL REFERENCES video_recordings (id) ON DELETE CASCADE,
    upload_length INTEGER NOT NULL CHECK (upload_length >= 0),
    upload_offset INTEGER NOT NULL CHECK (upload_offset BETWEEN 0 AND upload_length),
    metadata      TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    active_at     TEXT NOT NULL
) STRICT;

CREATE INDEX incoming_by_activity ON incoming (active_at);
