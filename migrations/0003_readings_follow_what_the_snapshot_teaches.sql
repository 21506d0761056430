-- A reading is a function of the document, its path, what the snapshot taught its reader, and the reader's version. So the
-- same document can have two readings, where two snapshots teach differently; and what a reading found is told apart from
-- what the archive itself showed, because a document that is read again finds anew.

-- SQLite changes no UNIQUE constraint: the table is made anew, with the same rows. Not renamed, since the views of 0002
-- name it.
CREATE TEMP TABLE reading_before AS SELECT * FROM reading;
DROP TABLE reading;

CREATE TABLE reading (
    id             INTEGER PRIMARY KEY,
    document_id    INTEGER NOT NULL REFERENCES document (id),
    account_id     INTEGER NOT NULL REFERENCES account (id),
    path           TEXT NOT NULL,           -- below the download's root: it decides how a document is read
    learnt         BLOB NOT NULL,           -- names what the snapshot taught the reader; empty where nothing of it counts
    reader         TEXT NOT NULL,
    reader_version INTEGER NOT NULL,
    n_items        INTEGER,                 -- by the independent counter; null where it could not count
    n_read         INTEGER NOT NULL,
    n_kept         INTEGER NOT NULL,
    n_bad          INTEGER NOT NULL,
    words          TEXT,                    -- subtitles: the plain text
    UNIQUE (document_id, account_id, path, learnt)
) STRICT;

-- What was taught is not known of old readings. Empty is right for most; the others are read again when their snapshot
-- gets another part, and by `reindex --documents`.
INSERT INTO reading (id, document_id, account_id, path, learnt, reader, reader_version, n_items, n_read, n_kept, n_bad, words)
SELECT id, document_id, account_id, path, x'', reader, reader_version, n_items, n_read, n_kept, n_bad, words
  FROM reading_before;
DROP TABLE reading_before;

-- Which reading said it; null where the archive or the snapshot did.
ALTER TABLE finding ADD COLUMN reading_id INTEGER REFERENCES reading (id);
CREATE INDEX finding_reading ON finding (reading_id) WHERE reading_id IS NOT NULL;

UPDATE finding
   SET reading_id = (SELECT e.reading_id FROM entry e
                      WHERE e.archive_id = finding.archive_id AND e.path = finding.path AND e.reading_id IS NOT NULL LIMIT 1)
 WHERE code IN ('not_read_yet', 'better_reader_wanted', 'bad_document', 'bad_item', 'item_kept_raw', 'nothing_read',
                'count_mismatch', 'unknown_label', 'doubtful_value');

-- A record or a head of a conversation that goes is looked for among the sightings: without these every one of them would
-- be read each time.
CREATE INDEX sighting_record ON sighting (record_id) WHERE record_id IS NOT NULL;
CREATE INDEX sighting_thread ON sighting (thread_sighting_id) WHERE thread_sighting_id IS NOT NULL;
