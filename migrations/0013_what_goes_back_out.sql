-- What a download needs to be written out again beside names, times and bytes, and what is left to do when one is forgotten.

-- Of an entry of a ZIP, as its directory says; null for folders and for what was brought in before.
ALTER TABLE entry ADD COLUMN zip_flags INTEGER;
ALTER TABLE entry ADD COLUMN zip_system INTEGER;        -- gives the attributes their meaning; 3 Unix
ALTER TABLE entry ADD COLUMN zip_attributes INTEGER;

-- Media files that nothing refers to any more since a snapshot was forgotten, and that still lie in media/. Files move only
-- after the commit; whoever writes next finishes what was cut off. Derived from nothing, so not dumped.
CREATE TABLE leaving_medium (
    hash      BLOB PRIMARY KEY,
    extension TEXT NOT NULL,
    is_purged INTEGER NOT NULL              -- 1: deleted, 0: moved into aside/
) STRICT, WITHOUT ROWID;
