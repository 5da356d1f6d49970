-- Reason: the studio's own library. Takes are an index of the take folders and can be made from them again; projects and
-- settings are what the studio needs before it has opened a single folder.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- `seq` keeps the order in which projects came; ids are folder names and sort by nothing.
CREATE TABLE projects (
    seq    INTEGER PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE,
    title  TEXT NOT NULL,
    folder TEXT NOT NULL
) STRICT;

-- No reference to `projects`: a take outlives its project's folder. `binned_at` is set while the take lies in the bin.
CREATE TABLE takes (
    id         TEXT PRIMARY KEY,
    project    TEXT NOT NULL,
    number     INTEGER NOT NULL CHECK (number >= 0),
    title      TEXT NOT NULL,
    folder     TEXT NOT NULL,
    media      TEXT NOT NULL,
    started_at TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('recording', 'finished', 'interrupted')),
    nanos      INTEGER NOT NULL CHECK (nanos >= 0),
    frames     INTEGER NOT NULL CHECK (frames >= 0),
    dropped    INTEGER NOT NULL CHECK (dropped >= 0),
    width      INTEGER NOT NULL CHECK (width >= 0),
    height     INTEGER NOT NULL CHECK (height >= 0),
    rate_num   INTEGER NOT NULL CHECK (rate_num >= 0),
    rate_den   INTEGER NOT NULL CHECK (rate_den >= 0),
    bytes      INTEGER NOT NULL CHECK (bytes >= 0),
    scenes     TEXT NOT NULL CHECK (json_valid(scenes)),
    binned_at  TEXT
) STRICT;

CREATE INDEX takes_by_project ON takes (project, number);
CREATE INDEX takes_by_start ON takes (started_at);
