-- Reason: what lies in a bucket came from a take or another asset, and whoever asks where something went is told so, as of a server.
-- The place and the object's name, with a tab between them, which neither holds, are the receipt's id in the lineage.

CREATE TRIGGER lineage_of_receipt AFTER INSERT ON object_receipts BEGIN
    INSERT INTO lineage VALUES ('asset', new.item, 'upload', new.place || char(9) || new.object, 'uploaded') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER lineage_of_forgotten_receipt AFTER DELETE ON object_receipts BEGIN
    DELETE FROM lineage WHERE outcome_kind = 'upload' AND outcome = old.place || char(9) || old.object;
END;

-- What is known already.
INSERT INTO lineage
SELECT 'asset', item, 'upload', place || char(9) || object, 'uploaded' FROM object_receipts WHERE true ON CONFLICT DO NOTHING;
