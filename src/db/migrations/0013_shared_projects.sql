-- Reason: a project is to be the same on every device. The server keeps each version of it and never overwrites one unseen, so a
-- version is a row that is only ever added; which of them may go is decided by age (core::shared::superfluous). Who may see and
-- change it is told by tokens, of which only the SHA-256 is kept.

CREATE UNIQUE INDEX users_by_name ON users (name COLLATE NOCASE);
CREATE UNIQUE INDEX teams_by_name ON teams (name COLLATE NOCASE);

CREATE TABLE user_tokens (
    token_hash TEXT PRIMARY KEY CHECK (length(token_hash) = 64),
    user       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX user_tokens_by_user ON user_tokens (user);

-- Without an owner it is of who runs the server, who has the server's own token.
CREATE TABLE shared_projects (
    id         TEXT PRIMARY KEY,
    owner      TEXT REFERENCES users (id) ON DELETE SET NULL,
    team       TEXT REFERENCES teams (id) ON DELETE SET NULL,
    revision   INTEGER NOT NULL CHECK (revision > 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX shared_projects_by_owner ON shared_projects (owner, updated_at DESC);
CREATE INDEX shared_projects_by_team ON shared_projects (team, updated_at DESC);

-- `body` comes last, so that a list reads nothing of it.
CREATE TABLE shared_versions (
    project   TEXT NOT NULL REFERENCES shared_projects (id) ON DELETE CASCADE,
    revision  INTEGER NOT NULL CHECK (revision > 0),
    sha256    TEXT NOT NULL CHECK (length(sha256) = 64),
    title     TEXT NOT NULL,
    published INTEGER NOT NULL CHECK (published IN (0, 1)),
    words     INTEGER NOT NULL CHECK (words >= 0),
    scenes    INTEGER NOT NULL CHECK (scenes >= 0),
    device    TEXT NOT NULL,
    author    TEXT REFERENCES users (id) ON DELETE SET NULL,
    made_at   TEXT NOT NULL,
    body      TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (project, revision)
) STRICT;

CREATE INDEX shared_versions_published ON shared_versions (project, revision DESC) WHERE published = 1;

-- Pictures by their hash; the files lie under `shared/`. Who gave one may use it, and who may see a version that shows it.
CREATE TABLE shared_objects (
    sha256   TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    bytes    INTEGER NOT NULL CHECK (bytes >= 0),
    given_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- An empty giver is who runs the server.
CREATE TABLE shared_object_givers (
    sha256 TEXT NOT NULL REFERENCES shared_objects (sha256) ON DELETE CASCADE,
    giver  TEXT NOT NULL,
    PRIMARY KEY (sha256, giver)
) STRICT, WITHOUT ROWID;

CREATE TABLE shared_object_uses (
    sha256   TEXT NOT NULL REFERENCES shared_objects (sha256),
    project  TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (sha256, project, revision),
    FOREIGN KEY (project, revision) REFERENCES shared_versions (project, revision) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX shared_object_uses_by_version ON shared_object_uses (project, revision);

-- The client's side: which project of which server a project here is, and the version both agreed on last. What was sent and not
-- yet confirmed is known by its hash, so that an answer that got lost is no conflict.
CREATE TABLE project_sync (
    project     TEXT NOT NULL,
    server      TEXT NOT NULL,
    remote      TEXT NOT NULL,
    revision    INTEGER NOT NULL CHECK (revision >= 0),
    base        TEXT CHECK (base IS NULL OR json_valid(base)),
    sent_sha256 TEXT,
    agreed_at   TEXT NOT NULL,
    PRIMARY KEY (project, server),
    UNIQUE (server, remote)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER project_sync_goes AFTER DELETE ON projects BEGIN
    DELETE FROM project_sync WHERE project = OLD.id;
END;
