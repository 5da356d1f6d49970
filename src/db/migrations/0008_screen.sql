-- Reason: a take may have a second file, the screen as it was meanwhile. Like `scenes` this is an index of the take's folder: the
-- file's name there, when its first picture is on the take's clock, its length and size.

ALTER TABLE takes ADD COLUMN screen TEXT CHECK (screen IS NULL OR json_valid(screen));
