-- Reason: the list of takes says how often a sentence was read again, without opening every journal. Like `scenes`, this is an
-- index of the take's folder; a take listed before has none until its folder is read again.

ALTER TABLE takes ADD COLUMN spans TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(spans));
