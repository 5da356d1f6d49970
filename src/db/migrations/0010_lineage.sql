-- Reason: what came from what is stored from the first day, because nobody can find it out later: sentence → prompt version →
-- job → asset → film → upload. The rows say it once; the triggers below keep it once more as plain edges, so that one recursive
-- query walks either way through all of it.

-- Texts by what they are: the same one is kept once, whoever refers to it.
CREATE TABLE contents (
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    body   BLOB NOT NULL
) STRICT;

-- A script as it was when something was made from it. `project` may be gone; what was made stays.
CREATE TABLE script_versions (
    id      TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    sha256  TEXT NOT NULL REFERENCES contents (sha256),
    title   TEXT NOT NULL,
    made_at TEXT NOT NULL,
    UNIQUE (project, sha256)
) STRICT;

CREATE INDEX script_versions_by_content ON script_versions (sha256);

-- The scripts that were prompted during a take; more than one when it was edited meanwhile.
CREATE TABLE take_scripts (
    take   TEXT NOT NULL REFERENCES takes (id) ON DELETE CASCADE,
    script TEXT NOT NULL REFERENCES script_versions (id),
    PRIMARY KEY (take, script)
) STRICT, WITHOUT ROWID;

CREATE INDEX take_scripts_by_script ON take_scripts (script);

-- `parent` is the prompt it was varied from.
CREATE TABLE prompts (
    id         TEXT PRIMARY KEY,
    project    TEXT REFERENCES projects (id) ON DELETE SET NULL,
    purpose    TEXT NOT NULL CHECK (purpose IN ('theme', 'script', 'image', 'clip', 'voice', 'music')),
    source     TEXT NOT NULL CHECK (source IN ('written', 'script', 'engine', 'imported')),
    parent     TEXT REFERENCES prompts (id) ON DELETE SET NULL CHECK (parent IS NULL OR parent <> id),
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX prompts_by_project ON prompts (project);
CREATE INDEX prompts_by_parent ON prompts (parent);

-- `script`, `first` and `past` say which bytes of which script version it is for; `parent` which version it was improved from.
CREATE TABLE prompt_versions (
    id      TEXT PRIMARY KEY,
    prompt  TEXT NOT NULL REFERENCES prompts (id),
    number  INTEGER NOT NULL CHECK (number >= 1),
    text    TEXT NOT NULL,
    parent  TEXT REFERENCES prompt_versions (id) CHECK (parent IS NULL OR parent <> id),
    script  TEXT REFERENCES script_versions (id),
    first   INTEGER,
    past    INTEGER,
    made_at TEXT NOT NULL,
    UNIQUE (prompt, number),
    CHECK ((script IS NULL AND first IS NULL AND past IS NULL) OR (script IS NOT NULL AND 0 <= first AND first <= past))
) STRICT;

CREATE INDEX prompt_versions_by_parent ON prompt_versions (parent);
CREATE INDEX prompt_versions_by_script ON prompt_versions (script);

-- One request to an engine. `links` is everything its answer named that can't be made up again. Money is in millionths, so that
-- sums are exact. A state moves forward only; what was paid for stays.
CREATE TABLE jobs (
    id             TEXT PRIMARY KEY,
    project        TEXT REFERENCES projects (id) ON DELETE SET NULL,
    engine         TEXT NOT NULL CHECK (length(engine) > 0),
    model          TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('text', 'image', 'video', 'speech', 'transcription', 'music')),
    params         TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(params)),
    seed           INTEGER,
    prompt_version TEXT REFERENCES prompt_versions (id),
    state          TEXT NOT NULL CHECK (state IN ('queued', 'submitted', 'running', 'done', 'failed', 'cancelled')),
    provider_id    TEXT,
    links          TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(links)),
    cost_micros    INTEGER CHECK (cost_micros >= 0),
    currency       TEXT NOT NULL DEFAULT '',
    problem        TEXT,
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL,
    ended_at       TEXT,
    CHECK (cost_micros IS NULL OR length(currency) = 3),
    CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'failed', 'cancelled'))),
    CHECK (state <> 'failed' OR problem IS NOT NULL)
) STRICT;

CREATE INDEX jobs_by_state ON jobs (state, created_at);
CREATE INDEX jobs_by_prompt ON jobs (prompt_version);
CREATE UNIQUE INDEX jobs_by_provider ON jobs (engine, provider_id) WHERE provider_id IS NOT NULL;

CREATE TRIGGER job_is_over BEFORE UPDATE OF state ON jobs
WHEN old.state IN ('done', 'failed', 'cancelled') AND new.state <> old.state BEGIN
    SELECT RAISE(ABORT, 'a job that is over stays as it ended');
END;

-- What a job was given besides its prompt: a first frame, a song.
CREATE TABLE job_inputs (
    job   TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    role  TEXT NOT NULL,
    asset TEXT NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    PRIMARY KEY (job, role, asset)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_inputs_by_asset ON job_inputs (asset);

-- The job that made it.
ALTER TABLE assets ADD COLUMN job TEXT REFERENCES jobs (id);
CREATE INDEX assets_by_job ON assets (job);

-- A film that was made here. Its row goes with its asset.
CREATE TABLE exports (
    asset       TEXT PRIMARY KEY REFERENCES assets (id) ON DELETE CASCADE,
    project     TEXT,
    settings    TEXT NOT NULL CHECK (json_valid(settings)),
    exported_at TEXT NOT NULL
) STRICT;

-- What it was cut from, in its order: from nanosecond `first` of the asset up to `past`. No reference to `assets`: a film holds its
-- own copy of what it was cut from, and outlives it.
CREATE TABLE export_clips (
    export TEXT NOT NULL REFERENCES exports (asset) ON DELETE CASCADE,
    place  INTEGER NOT NULL CHECK (place >= 0),
    asset  TEXT NOT NULL,
    first  INTEGER NOT NULL CHECK (first >= 0),
    past   INTEGER NOT NULL CHECK (past >= first),
    PRIMARY KEY (export, place)
) STRICT, WITHOUT ROWID;

-- The edges. No references: history may name what has been deleted since. An edge goes when its outcome does, unless something has
-- come from that in turn.
CREATE TABLE lineage (
    origin_kind  TEXT NOT NULL,
    origin       TEXT NOT NULL,
    outcome_kind TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    how          TEXT NOT NULL,
    PRIMARY KEY (origin_kind, origin, outcome_kind, outcome),
    CHECK (origin_kind <> outcome_kind OR origin <> outcome)
) STRICT, WITHOUT ROWID;

CREATE INDEX lineage_by_outcome ON lineage (outcome_kind, outcome, origin_kind, origin, how);

CREATE TRIGGER lineage_of_project AFTER INSERT ON projects WHEN new.parent IS NOT NULL BEGIN
    INSERT INTO lineage VALUES ('project', new.parent, 'project', new.id, 'parent') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_moved_project AFTER UPDATE OF parent ON projects WHEN new.parent IS NOT old.parent BEGIN
    DELETE FROM lineage WHERE outcome_kind = 'project' AND outcome = new.id AND origin_kind = 'project';
    INSERT INTO lineage SELECT 'project', new.parent, 'project', new.id, 'parent' WHERE new.parent IS NOT NULL
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_script AFTER INSERT ON script_versions BEGIN
    INSERT INTO lineage VALUES ('project', new.project, 'script', new.id, 'version') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_take AFTER INSERT ON take_scripts BEGIN
    INSERT INTO lineage VALUES ('script', new.script, 'asset', new.take, 'take') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_prompt AFTER INSERT ON prompt_versions BEGIN
    INSERT INTO lineage SELECT 'script', new.script, 'prompt', new.id, 'sentence' WHERE new.script IS NOT NULL
        ON CONFLICT DO NOTHING;
    INSERT INTO lineage SELECT 'prompt', new.parent, 'prompt', new.id, 'improved' WHERE new.parent IS NOT NULL
        ON CONFLICT DO NOTHING;
    INSERT INTO lineage SELECT 'project', project, 'prompt', new.id, 'prompt' FROM prompts
        WHERE id = new.prompt AND project IS NOT NULL AND new.script IS NULL AND new.parent IS NULL
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_job AFTER INSERT ON jobs WHEN new.prompt_version IS NOT NULL BEGIN
    INSERT INTO lineage VALUES ('prompt', new.prompt_version, 'job', new.id, 'asked') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_job_input AFTER INSERT ON job_inputs BEGIN
    INSERT INTO lineage VALUES ('asset', new.asset, 'job', new.job, new.role) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_asset AFTER UPDATE OF job ON assets WHEN new.job IS NOT old.job BEGIN
    DELETE FROM lineage WHERE outcome_kind = 'asset' AND outcome = new.id AND origin_kind = 'job';
    INSERT INTO lineage SELECT 'job', new.job, 'asset', new.id, 'made' WHERE new.job IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO words_due VALUES (new.seq) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_clip AFTER INSERT ON export_clips WHEN new.asset <> new.export BEGIN
    INSERT INTO lineage VALUES ('asset', new.asset, 'asset', new.export, 'clip') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_clip_taken_out AFTER DELETE ON export_clips
WHEN NOT EXISTS (SELECT 1 FROM export_clips WHERE export = old.export AND asset = old.asset) BEGIN
    DELETE FROM lineage WHERE origin_kind = 'asset' AND origin = old.asset AND outcome_kind = 'asset' AND outcome = old.export;
END;

CREATE TRIGGER lineage_of_upload AFTER INSERT ON uploads WHEN new.status = 'uploaded' BEGIN
    INSERT INTO lineage VALUES ('asset', new.take, 'upload', new.take || ' ' || new.server, 'uploaded') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_ended_upload AFTER UPDATE OF status ON uploads WHEN new.status = 'uploaded' BEGIN
    INSERT INTO lineage VALUES ('asset', new.take, 'upload', new.take || ' ' || new.server, 'uploaded') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_forgotten_upload AFTER DELETE ON uploads BEGIN
    DELETE FROM lineage WHERE outcome_kind = 'upload' AND outcome = old.take || ' ' || old.server;
END;

CREATE TRIGGER lineage_of_gone_asset AFTER DELETE ON assets
WHEN NOT EXISTS (SELECT 1 FROM lineage WHERE origin_kind = 'asset' AND origin = old.id AND outcome_kind <> 'upload') BEGIN
    DELETE FROM lineage WHERE outcome_kind = 'asset' AND outcome = old.id;
END;

-- What is known already.
INSERT INTO lineage
SELECT 'asset', take, 'upload', take || ' ' || server, 'uploaded' FROM uploads WHERE status = 'uploaded';
UPDATE assets SET sha256 = (SELECT sha256 FROM uploads WHERE take = assets.take AND status = 'uploaded' AND length(sha256) = 64)
WHERE take IS NOT NULL;
