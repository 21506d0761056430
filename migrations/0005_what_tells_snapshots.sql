-- Which archives are one snapshot is computed from what all of them say, again with every archive that arrives, so that
-- the order of arrival does not matter. Here stands what each archive says by itself, and every name that it came under.

ALTER TABLE archive ADD COLUMN format INTEGER NOT NULL DEFAULT 1;       -- as in snapshot
ALTER TABLE archive ADD COLUMN generation INTEGER NOT NULL DEFAULT 3;   -- as in snapshot
ALTER TABLE archive ADD COLUMN language TEXT;
ALTER TABLE archive ADD COLUMN evidence TEXT NOT NULL DEFAULT '';       -- why it was recognised as what it is
ALTER TABLE archive ADD COLUMN told TEXT;           -- JSON: user names that its documents tell, newest first; null: not asked yet
ALTER TABLE archive ADD COLUMN stand_in TEXT;       -- what its account is called while nothing tells the owner
ALTER TABLE archive ADD COLUMN content BLOB;        -- BLAKE3 of paths and bytes, in any packing; null: not computed yet
ALTER TABLE archive ADD COLUMN n_files INTEGER NOT NULL DEFAULT 0;      -- files that count for `content`
ALTER TABLE archive ADD COLUMN newest_entry TEXT;   -- wall clock of its newest file, debris left out
ALTER TABLE archive ADD COLUMN is_partial INTEGER NOT NULL DEFAULT 0;   -- some of its files could not be read
ALTER TABLE archive ADD COLUMN joined_by TEXT;      -- why it is in its snapshot: name, time or content; null: alone in it

UPDATE archive SET (format, generation, language, evidence, stand_in) = (
    SELECT s.format, s.generation, s.language, s.evidence, CASE WHEN s.handle LIKE 'unknown-%' THEN s.handle END
      FROM snapshot s WHERE s.id = archive.snapshot_id);

-- A copy that is the same byte for byte is the same archive; its name may tell more.
CREATE TABLE archive_name (
    archive_id INTEGER NOT NULL REFERENCES archive (id),
    name       TEXT NOT NULL,
    PRIMARY KEY (archive_id, name)
) STRICT, WITHOUT ROWID;

INSERT INTO archive_name (archive_id, name) SELECT id, name FROM archive;
