-- Reason: a take or another asset can be sent to a bucket. The parts that arrived are kept until the whole is there, so that a
-- studio that was killed sends none of them again; then a receipt says what lies where. `item` is the id of what was sent and
-- stays when its row has gone, because what lies in a bucket (and costs there) outlives it.

CREATE TABLE object_uploads (
    -- Never used again: a part of an upload that is void must find no other.
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    item       TEXT NOT NULL CHECK (length(item) > 0),
    take       TEXT REFERENCES takes (id) ON DELETE SET NULL,
    asset      TEXT REFERENCES assets (id) ON DELETE SET NULL,
    -- Provider, bucket and address, as `core::storage::Place::name` writes them; never a key.
    place      TEXT NOT NULL CHECK (length(place) > 0),
    object     TEXT NOT NULL CHECK (length(object) > 0),
    -- The provider's id of the upload; empty where it gives none.
    upload     TEXT NOT NULL,
    bytes      INTEGER NOT NULL CHECK (bytes > 0),
    part_bytes INTEGER NOT NULL CHECK (part_bytes > 0),
    -- The file's last change when it began, in nanoseconds since 1970.
    changed    INTEGER NOT NULL,
    -- The person stopped it, or it failed: it waits for the person.
    waits      INTEGER NOT NULL DEFAULT 0 CHECK (waits IN (0, 1)),
    begun_at   TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (place, object),
    CHECK (take IS NULL OR asset IS NULL)
) STRICT;

CREATE INDEX object_uploads_by_age ON object_uploads (updated_at);

CREATE TABLE object_parts (
    upload  INTEGER NOT NULL REFERENCES object_uploads (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL CHECK (number >= 0),
    -- The provider's id of the part.
    content TEXT NOT NULL,
    PRIMARY KEY (upload, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE object_receipts (
    place    TEXT NOT NULL CHECK (length(place) > 0),
    object   TEXT NOT NULL CHECK (length(object) > 0),
    item     TEXT NOT NULL CHECK (length(item) > 0),
    take     TEXT REFERENCES takes (id) ON DELETE SET NULL,
    asset    TEXT REFERENCES assets (id) ON DELETE SET NULL,
    provider TEXT NOT NULL CHECK (provider IN ('local', 's3', 'gcs', 'azure')),
    bucket   TEXT NOT NULL,
    etag     TEXT,
    bytes    INTEGER NOT NULL CHECK (bytes >= 0),
    sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
    -- How it was found to be the same: by the provider's own digest, or by reading it back.
    checked  TEXT NOT NULL CHECK (checked IN ('digest', 'read_back')),
    at       TEXT NOT NULL,
    PRIMARY KEY (place, object),
    CHECK (take IS NULL OR asset IS NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX object_receipts_by_item ON object_receipts (item);
