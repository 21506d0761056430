-- Absence is not deletion. What is gone is told apart from what a download never covered by what each of its lists
-- holds: which lists there are, how much stands in them, and over which time. All of it is a function of a reading, filled in
-- when it is first asked for, and taken back with what the reading said.

CREATE TABLE list_range (
    reading_id         INTEGER NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    list               TEXT NOT NULL,       -- as `source::list_of` names it; `` where the document tells no list
    thread_sighting_id INTEGER REFERENCES thread_sighting (id) ON DELETE CASCADE,   -- for messages
    n_items            INTEGER NOT NULL,    -- 0: the list is there and empty
    n_timed            INTEGER NOT NULL,    -- of these with a time
    from_ms            INTEGER,             -- oldest and newest time in it, as the document states it
    to_ms              INTEGER
) STRICT;
CREATE INDEX list_range_reading ON list_range (reading_id);
CREATE INDEX list_range_thread ON list_range (thread_sighting_id) WHERE thread_sighting_id IS NOT NULL;

-- Files of the download that a document's items name, by base name: whether a snapshot lacks some is asked of all its
-- archives together.
CREATE TABLE named_file (
    reading_id  INTEGER NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    base        TEXT NOT NULL,
    external_id TEXT,
    PRIMARY KEY (reading_id, base)
) STRICT, WITHOUT ROWID;

-- How many of the files that its documents name a snapshot lacks; null: not counted since its archives changed.
ALTER TABLE snapshot ADD COLUMN n_lacking INTEGER;
