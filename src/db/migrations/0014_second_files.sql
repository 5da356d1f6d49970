-- Reason: a take may have a second file, its screen, which goes to the server as a recording of its own once the first has arrived;
-- and a server must know of a recording whether it is a camera's, a screen's or sound alone.

-- NULL until the take's own file has arrived; then where the second one stands (location, recording, sha256, bytes).
ALTER TABLE uploads ADD COLUMN screen TEXT CHECK (screen IS NULL OR json_valid(screen));

ALTER TABLE video_recordings ADD COLUMN studio_metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(studio_metadata));
