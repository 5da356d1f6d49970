-- Reason: whether the money is there is asked again when a job's turn comes, since price, budget and month may be others by then. And
-- what an engine has taken and was paid for is gone on with after a failure on this side, not ordered again.

-- A person has said yes to its quote, whatever the budget.
ALTER TABLE jobs ADD COLUMN agreed INTEGER NOT NULL DEFAULT 0 CHECK (agreed IN (0, 1));
-- Why it was not sent when its turn came; until somebody answers it waits, and whoever runs the queue asks again when money is there.
ALTER TABLE jobs ADD COLUMN held TEXT CHECK (held IS NULL OR json_valid(held));
-- It failed on this side, so that what was ordered can still be had.
ALTER TABLE jobs ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1));

-- What is over stays over, but for a failure whose outcome can still be had.
DROP TRIGGER job_is_over;
CREATE TRIGGER job_is_over BEFORE UPDATE OF state ON jobs
WHEN old.state IN ('done', 'failed', 'cancelled') AND new.state <> old.state
     AND NOT (old.state = 'failed' AND old.kept = 1 AND new.state = 'running') BEGIN
    SELECT RAISE(ABORT, 'a job that is over stays as it ended');
END;

-- A month has spent what was sent in it; what waits will be spent in the present one.
DROP INDEX jobs_by_time;
CREATE INDEX jobs_by_sending ON jobs (coalesce(sent_at, created_at), state, currency, cost_micros);
CREATE INDEX jobs_waiting ON jobs (currency, cost_micros) WHERE state = 'queued';
DROP INDEX jobs_by_project;
CREATE INDEX jobs_by_project ON jobs (project, state, currency, cost_micros);
CREATE INDEX jobs_held ON jobs (place) WHERE held IS NOT NULL;
