-- Reason: jobs wait in a queue that outlives the program. Each step of a job's life is a row before the next one is taken, so that a
-- kill anywhere loses nothing and nothing is paid twice.

-- Who is next: the smallest first.
ALTER TABLE jobs ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
-- 0 to 1, and how many are before it at the engine, when that says so.
ALTER TABLE jobs ADD COLUMN progress REAL;
ALTER TABLE jobs ADD COLUMN ahead INTEGER;
-- The whole of what `problem` says in one sentence.
ALTER TABLE jobs ADD COLUMN failure TEXT CHECK (failure IS NULL OR json_valid(failure));
-- What it was thought to cost when it was placed; `cost_micros` is that until the engine says otherwise.
ALTER TABLE jobs ADD COLUMN quote_micros INTEGER CHECK (quote_micros >= 0);
ALTER TABLE jobs ADD COLUMN quote_currency TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN sent_at TEXT;
ALTER TABLE jobs ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
-- Not sent before.
ALTER TABLE jobs ADD COLUMN due_at TEXT;
ALTER TABLE jobs ADD COLUMN retry_of TEXT REFERENCES jobs (id) ON DELETE SET NULL;
-- What lies in the job's landing folder: from here on the engine need not be asked again.
ALTER TABLE jobs ADD COLUMN landed TEXT CHECK (landed IS NULL OR json_valid(landed));
-- What it wrote or heard, and the words of that with their times.
ALTER TABLE jobs ADD COLUMN written TEXT;
ALTER TABLE jobs ADD COLUMN heard TEXT CHECK (heard IS NULL OR json_valid(heard));
-- Somebody wants it stopped; whoever runs it obeys.
ALTER TABLE jobs ADD COLUMN cancel INTEGER NOT NULL DEFAULT 0 CHECK (cancel IN (0, 1));
-- Taken off the list by a person. Its cost still counts.
ALTER TABLE jobs ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0 CHECK (cleared IN (0, 1));

CREATE INDEX jobs_by_place ON jobs (place);
CREATE INDEX jobs_by_time ON jobs (created_at, currency, cost_micros);
CREATE INDEX jobs_by_project ON jobs (project, currency, cost_micros);
CREATE INDEX jobs_listed ON jobs (state) WHERE cleared = 0;
CREATE INDEX jobs_by_end ON jobs (state, ended_at);
CREATE INDEX jobs_by_model ON jobs (engine, model, ended_at) WHERE state = 'done';
CREATE INDEX jobs_by_retry ON jobs (retry_of) WHERE retry_of IS NOT NULL;

-- A local server may count from 1 again after its restart, so that its ids are not unique for ever.
DROP INDEX jobs_by_provider;
CREATE INDEX jobs_by_provider ON jobs (engine, provider_id) WHERE provider_id IS NOT NULL;

-- What each job made, in its order. The same bytes are one asset, which may be the outcome of several jobs; `assets.job` names the
-- first of them.
CREATE TABLE job_outputs (
    job   TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    place INTEGER NOT NULL CHECK (place >= 0),
    asset TEXT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    PRIMARY KEY (job, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_outputs_by_asset ON job_outputs (asset);

INSERT INTO job_outputs
SELECT job, row_number() OVER (PARTITION BY job ORDER BY seq) - 1, id FROM assets WHERE job IS NOT NULL;

CREATE TRIGGER lineage_of_job_output AFTER INSERT ON job_outputs BEGIN
    INSERT INTO lineage VALUES ('job', new.job, 'asset', new.asset, 'made') ON CONFLICT DO NOTHING;
END;
