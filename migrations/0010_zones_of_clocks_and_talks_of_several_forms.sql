-- The same messages as JSON (to the millisecond), as flat rows (to the second) and as pages (to the minute): one record.

-- The zone of the clocks that a snapshot prints without one, as the messages and posts that it shares with other snapshots
-- show it; null where nothing shows it.
ALTER TABLE snapshot ADD COLUMN zone TEXT;          -- IANA name, or `+05:45`
ALTER TABLE snapshot ADD COLUMN zone_ground TEXT;   -- why

-- A sighting whose time is coarse is held under the key of the message of another snapshot that it is.
ALTER TABLE sighting ADD COLUMN held_as BLOB;       -- the signature that this message has there; null: under its own key
ALTER TABLE sighting ADD COLUMN nth INTEGER;        -- which it is of the equal rows that share its own key

-- Keys of conversations that stand with another one because both say the same. Every ingest takes them out again and
-- looks anew.
CREATE TABLE thread_key_by_text (
    key BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

DROP VIEW snapshots;
CREATE VIEW snapshots AS
SELECT s.public_id AS id, a.handle AS account, s.date AS date,
       CASE s.format WHEN 1 THEN 'json' WHEN 2 THEN 'html' END AS format,
       CASE s.generation WHEN 1 THEN 'A' WHEN 2 THEN 'B' WHEN 3 THEN 'C' WHEN 4 THEN 'D' WHEN 5 THEN 'E' END AS generation,
       s.language AS language, s.range_from_ms AS range_from_ms, s.range_to_ms AS range_to_ms,
       s.is_complete AS is_complete, s.owner_name AS owner_name, s.owner_ground AS owner_ground,
       s.date_ground AS date_ground, s.evidence AS evidence, s.zone AS zone, s.zone_ground AS zone_ground
  FROM snapshot s
  JOIN account a ON a.id = s.account_id;
