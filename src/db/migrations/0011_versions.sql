-- Reason: earlier states of a project can be looked at, compared and brought back, and undo outlives the window. A state is a row;
-- its text lies once in `contents`, however many rows name it.

-- `name` is what the person called it. `outline` has a fingerprint of 8 bytes for what stands before the first scene and for each
-- scene, so that what changed is known without the texts. AUTOINCREMENT: a number is never given twice.
CREATE TABLE snapshots (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    made_at TEXT NOT NULL CHECK (unixepoch(made_at) IS NOT NULL),
    kind    TEXT NOT NULL CHECK (kind IN ('draft', 'published', 'before_restore', 'imported', 'set_aside')),
    name    TEXT CHECK (name IS NULL OR length(name) BETWEEN 1 AND 200),
    title   TEXT NOT NULL,
    words   INTEGER NOT NULL CHECK (words >= 0),
    secs    REAL NOT NULL CHECK (secs >= 0),
    outline BLOB NOT NULL CHECK (length(outline) % 8 = 0),
    script  TEXT NOT NULL REFERENCES contents (sha256),
    details TEXT REFERENCES contents (sha256)
) STRICT;

CREATE INDEX snapshots_by_project ON snapshots (project, seq DESC);
CREATE INDEX snapshots_by_script ON snapshots (script);
CREATE INDEX snapshots_by_details ON snapshots (details) WHERE details IS NOT NULL;

-- What can be undone and done again, as differences. They fit the text named here and no other.
CREATE TABLE undo_steps (
    project TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    script  TEXT NOT NULL REFERENCES contents (sha256),
    steps   TEXT NOT NULL CHECK (json_valid(steps))
) STRICT;

CREATE INDEX undo_steps_by_script ON undo_steps (script);
