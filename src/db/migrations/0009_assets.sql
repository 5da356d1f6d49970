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
ALTER TABLE projects ADD COLUMN status TEXT NOT NULL DEFAULT 'draft'
    CHECK (status IN ('draft', 'rendering', 'complete', 'published'));
ALTER TABLE projects ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0 CHECK (is_public IN (0, 1));
ALTER TABLE projects ADD COLUMN parent TEXT REFERENCES projects (id) ON DELETE SET NULL CHECK (parent IS NULL OR parent <> id);
ALTER TABLE projects ADD COLUMN width INTEGER NOT NULL DEFAULT 0 CHECK (width >= 0);
ALTER TABLE projects ADD COLUMN height INTEGER NOT NULL DEFAULT 0 CHECK (height >= 0);
ALTER TABLE projects ADD COLUMN rate_num INTEGER NOT NULL DEFAULT 0 CHECK (rate_num >= 0);
ALTER TABLE projects ADD COLUMN rate_den INTEGER NOT NULL DEFAULT 1 CHECK (rate_den > 0);
ALTER TABLE projects ADD COLUMN engine TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN engine_params TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(engine_params));
-- Storyboard, timeline and audio tracks in the form of `core::project`, and what a newer program wrote there.
ALTER TABLE projects ADD COLUMN details TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(details));
ALTER TABLE projects ADD COLUMN created_at TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';

UPDATE projects SET created_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now');
UPDATE projects SET updated_at = created_at;

-- `path` is relative to the data folder, or absolute for a file that is linked where it lies. `sha256` is of the whole file; a
-- take that is still written has none. `linked` files are never moved, changed or deleted. `seq` is the place that lists keep, so
-- it is never given twice.
CREATE TABLE assets (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    project     TEXT REFERENCES projects (id) ON DELETE SET NULL,
    owner       TEXT REFERENCES users (id) ON DELETE SET NULL,
    team        TEXT REFERENCES teams (id) ON DELETE SET NULL,
    take        TEXT UNIQUE REFERENCES takes (id) ON DELETE CASCADE,
    name        TEXT NOT NULL CHECK (name <> ''),
    description TEXT NOT NULL DEFAULT '',
    category    TEXT NOT NULL DEFAULT '',
    kind        TEXT NOT NULL CHECK (kind IN ('video', 'audio', 'image', 'overlay')),
    source      TEXT NOT NULL CHECK (source IN ('upload', 'recording', 'export', 'generated')),
    status      TEXT NOT NULL CHECK (status IN ('importing', 'ready', 'failed', 'missing')),
    problem     TEXT,
    path        TEXT NOT NULL CHECK (path <> ''),
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
CREATE INDEX assets_by_path ON assets (path);
-- One for each order in which a list is shown: all that deciding about a row needs is in the index, so that a hundred thousand rows
-- are told in order without looking at one of them.
CREATE INDEX assets_by_creation ON assets (binned_at, created_at, seq, kind, source);
CREATE INDEX assets_by_name ON assets (binned_at, name COLLATE NOCASE, seq, kind, source);
CREATE INDEX assets_by_length ON assets (binned_at, nanos, seq, kind, source);
CREATE INDEX assets_by_size ON assets (binned_at, bytes, seq, kind, source);

CREATE TABLE tags (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 100)
) STRICT;

-- `asset` is its `seq`.
CREATE TABLE asset_tags (
    tag   INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    asset INTEGER NOT NULL REFERENCES assets (seq) ON DELETE CASCADE,
    PRIMARY KEY (tag, asset)
) STRICT, WITHOUT ROWID;

CREATE INDEX asset_tags_by_asset ON asset_tags (asset);

CREATE TABLE project_tags (
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    tag     INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (project, tag)
) STRICT, WITHOUT ROWID;

-- What a project's timeline, storyboard and sound play. As long as it does, the asset can't go.
CREATE TABLE project_assets (
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    asset   TEXT NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    PRIMARY KEY (project, asset)
) STRICT, WITHOUT ROWID;

CREATE INDEX project_assets_by_asset ON project_assets (asset);

-- A take is an asset. What its folder tells follows the take's row; what a person gave it (a name of its own, a description, tags)
-- stays. No value that `takes` accepts may be refused here: a take is never lost for its entry in a list.
INSERT INTO assets (id, project, take, name, kind, source, status, path, bytes, mime, nanos, width, height, rate_num, rate_den,
                    metadata, created_at, updated_at, binned_at)
SELECT id, (SELECT id FROM projects WHERE id = takes.project), id,
       iif(trim(title) = '', 'Untitled', title) || ' · take ' || number,
       iif(width = 0, 'audio', 'video'), 'recording', iif(state = 'recording', 'importing', 'ready'), iif(media = '', id, media),
       bytes, iif(width = 0, 'audio/x-matroska', 'video/x-matroska'), nanos, width, height, rate_num, max(rate_den, 1),
       json_object('recording_duration_ms', nanos / 1000000, 'track_type', iif(width = 0, 'audio', 'video'),
                   'original_clip_id', NULL, 'project_id', project, 'recorded_at', started_at),
       started_at, started_at, binned_at
FROM takes;

CREATE TRIGGER take_listed AFTER INSERT ON takes BEGIN
    INSERT INTO assets (id, project, take, name, kind, source, status, path, bytes, mime, nanos, width, height, rate_num, rate_den,
                        metadata, created_at, updated_at, binned_at)
    VALUES (new.id, (SELECT id FROM projects WHERE id = new.project), new.id,
            iif(trim(new.title) = '', 'Untitled', new.title) || ' · take ' || new.number,
            iif(new.width = 0, 'audio', 'video'), 'recording', iif(new.state = 'recording', 'importing', 'ready'),
            iif(new.media = '', new.id, new.media), new.bytes, iif(new.width = 0, 'audio/x-matroska', 'video/x-matroska'),
            new.nanos, new.width, new.height, new.rate_num, max(new.rate_den, 1),
            json_object('recording_duration_ms', new.nanos / 1000000, 'track_type', iif(new.width = 0, 'audio', 'video'),
                        'original_clip_id', NULL, 'project_id', new.project, 'recorded_at', new.started_at),
            new.started_at, new.started_at, new.binned_at);
END;

CREATE TRIGGER take_changed AFTER UPDATE ON takes BEGIN
    UPDATE assets SET
        project = (SELECT id FROM projects WHERE id = new.project),
        name = iif(name = iif(trim(old.title) = '', 'Untitled', old.title) || ' · take ' || old.number,
                   iif(trim(new.title) = '', 'Untitled', new.title) || ' · take ' || new.number, name),
        kind = iif(new.width = 0, 'audio', 'video'),
        status = iif(new.state = 'recording', 'importing', iif(old.state = 'recording' OR old.media <> new.media, 'ready', status)),
        problem = iif(old.state <> new.state OR old.media <> new.media, NULL, problem),
        path = iif(new.media = '', new.id, new.media), bytes = new.bytes,
        mime = iif(new.width = 0, 'audio/x-matroska', 'video/x-matroska'), nanos = new.nanos, width = new.width,
        height = new.height, rate_num = new.rate_num, rate_den = max(new.rate_den, 1),
        sha256 = iif(old.bytes = new.bytes, sha256, NULL),
        metadata = json_set(metadata, '$.recording_duration_ms', new.nanos / 1000000,
                            '$.track_type', iif(new.width = 0, 'audio', 'video'), '$.project_id', new.project,
                            '$.recorded_at', new.started_at),
        created_at = new.started_at, binned_at = new.binned_at,
        updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE take = new.id;
END;

-- The upload reads the whole file, so it knows what the file is.
CREATE TRIGGER take_sent AFTER UPDATE OF status ON uploads WHEN new.status = 'uploaded' AND length(new.sha256) = 64 BEGIN
    UPDATE assets SET sha256 = new.sha256 WHERE take = new.take AND bytes = new.bytes;
END;

CREATE TRIGGER project_listed AFTER INSERT ON projects BEGIN
    UPDATE assets SET project = new.id WHERE project IS NULL AND take IN (SELECT id FROM takes WHERE project = new.id);
END;

CREATE TRIGGER take_binned_with_its_folder BEFORE UPDATE OF binned_at ON assets
WHEN new.take IS NOT NULL AND new.binned_at IS NOT (SELECT binned_at FROM takes WHERE id = new.take) BEGIN
    SELECT RAISE(ABORT, 'a take lies in the bin with its folder or not at all');
END;

-- What is looked for. The program makes the words (`core::library::terms`), so that a text of any script is found in the same way
-- as it is kept; ‘ascii’ only splits them again at the blanks, and nothing but which word is in which asset is stored. What
-- changed waits in `words_due` until it is indexed, at the latest before the next search, whoever changed it.
CREATE VIRTUAL TABLE asset_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = 'none', prefix = '1 2 3', tokenize = 'ascii'
);

CREATE TABLE words_due (
    asset INTEGER PRIMARY KEY
) STRICT;

INSERT INTO words_due SELECT seq FROM assets;

CREATE TRIGGER words_of_new_asset AFTER INSERT ON assets BEGIN
    INSERT INTO words_due VALUES (new.seq) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER words_of_asset AFTER UPDATE OF name, description, category, project ON assets
WHEN new.name <> old.name OR new.description <> old.description OR new.category <> old.category OR new.project IS NOT old.project
BEGIN
    INSERT INTO words_due VALUES (new.seq) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER words_of_gone_asset AFTER DELETE ON assets BEGIN
    INSERT INTO words_due VALUES (old.seq) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER words_of_tagged_asset AFTER INSERT ON asset_tags BEGIN
    INSERT INTO words_due VALUES (new.asset) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER words_of_untagged_asset AFTER DELETE ON asset_tags BEGIN
    INSERT INTO words_due VALUES (old.asset) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER words_of_project AFTER UPDATE OF title ON projects WHEN new.title <> old.title BEGIN
    INSERT INTO words_due SELECT seq FROM assets WHERE project = new.id ON CONFLICT DO NOTHING;
END;
