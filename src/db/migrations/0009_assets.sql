-- Reason: everything the studio has of sound and picture is found in one place. An asset is any media in the library; a take is
-- one by its own row (the triggers below), so that both never disagree.

CREATE TABLE users (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL CHECK (length(name) > 0),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE teams (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL CHECK (length(name) > 0),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE team_members (
    team TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    PRIMARY KEY (team, user)
) STRICT, WITHOUT ROWID;

-- What a project is besides its script. Its folder has the same in `project.json`; docs/DATA.md says what is derived.
ALTER TABLE projects ADD COLUMN owner TEXT REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE projects ADD COLUMN team TEXT REFERENCES teams (id) ON DELETE SET NULL;
ALTER TABLE projects ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'rendering', 'complete', 'published'));
ALTER TABLE projects ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0 CHECK (is_public IN (0, 1));
ALTER TABLE projects ADD COLUMN parent TEXT REFERENCES projects (id) ON DELETE SET NULL CHECK (parent IS NULL OR parent <> id);
ALTER TABLE projects ADD COLUMN created_at TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';

-- `path` is relative to the data folder, or absolute for a file that is linked where it lies. `sha256` is of the whole file; a
-- take that is still written has none. `linked` files are never moved, changed or deleted.
CREATE TABLE assets (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    project     TEXT REFERENCES projects (id) ON DELETE SET NULL,
    owner       TEXT REFERENCES users (id) ON DELETE SET NULL,
    team        TEXT REFERENCES teams (id) ON DELETE SET NULL,
    take        TEXT UNIQUE REFERENCES takes (id) ON DELETE CASCADE,
    name        TEXT NOT NULL CHECK (length(name) > 0),
    description TEXT NOT NULL DEFAULT '',
    category    TEXT NOT NULL DEFAULT '',
    kind        TEXT NOT NULL CHECK (kind IN ('video', 'audio', 'image', 'overlay')),
    source      TEXT NOT NULL CHECK (source IN ('upload', 'recording', 'export', 'generated')),
    status      TEXT NOT NULL CHECK (status IN ('importing', 'ready', 'failed', 'missing')),
    problem     TEXT,
    path        TEXT NOT NULL CHECK (length(path) > 0),
    linked      INTEGER NOT NULL DEFAULT 0 CHECK (linked IN (0, 1)),
    bytes       INTEGER NOT NULL CHECK (bytes >= 0),
    sha256      TEXT CHECK (sha256 IS NULL OR length(sha256) = 64),
    mime        TEXT NOT NULL DEFAULT '',
    nanos       INTEGER NOT NULL DEFAULT 0 CHECK (nanos >= 0),
    width       INTEGER NOT NULL DEFAULT 0 CHECK (width >= 0),
    height      INTEGER NOT NULL DEFAULT 0 CHECK (height >= 0),
    rate_num    INTEGER NOT NULL DEFAULT 0 CHECK (rate_num >= 0),
    rate_den    INTEGER NOT NULL DEFAULT 1 CHECK (rate_den > 0),
    video_codec TEXT NOT NULL DEFAULT '',
    audio_codec TEXT NOT NULL DEFAULT '',
    channels    INTEGER NOT NULL DEFAULT 0 CHECK (channels >= 0),
    sample_rate INTEGER NOT NULL DEFAULT 0 CHECK (sample_rate >= 0),
    metadata    TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    binned_at   TEXT,
    CHECK (source <> 'recording' OR take IS NOT NULL),
    CHECK (take IS NULL OR source = 'recording')
) STRICT;

CREATE INDEX assets_by_project ON assets (project);
CREATE INDEX assets_by_sha256 ON assets (sha256);
CREATE INDEX assets_by_creation ON assets (created_at DESC, seq DESC) WHERE binned_at IS NULL;

CREATE TABLE tags (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 100)
) STRICT;

CREATE TABLE asset_tags (
    asset TEXT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    tag   INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (asset, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX asset_tags_by_tag ON asset_tags (tag, asset);

CREATE TABLE project_tags (
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    tag     INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (project, tag)
) STRICT, WITHOUT ROWID;
