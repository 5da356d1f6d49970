-- Reason: an interrupted take is offered until the person has said what becomes of it, at each start if need be. A row here
-- is a question that waits for its answer; like the takes' own rows it can be made from the folders again. Takes that were
-- interrupted before this step are asked about once; what is known of their time is when they began and how long they are.

CREATE TABLE unanswered (
    take           TEXT PRIMARY KEY REFERENCES takes (id) ON DELETE CASCADE,
    interrupted_at TEXT NOT NULL
) STRICT;

INSERT INTO unanswered (take, interrupted_at)
SELECT id, ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', started_at, (nanos / 1000000000) || ' seconds'), started_at)
FROM takes WHERE state = 'interrupted';
