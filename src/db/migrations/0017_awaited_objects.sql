-- Reason: a version may name clips and sounds before they have come, because words never wait for them. A row becomes a use of that version when the
-- file is given by somebody who may write the project.
CREATE TABLE shared_objects_awaited (
    sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
    project  TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (sha256, project, revision),
    FOREIGN KEY (project, revision) REFERENCES shared_versions (project, revision) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX shared_objects_awaited_by_version ON shared_objects_awaited (project, revision);
