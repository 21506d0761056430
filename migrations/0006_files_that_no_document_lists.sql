-- Some downloads hold own posts only as files below posts/media, and subtitles that no document names. What such a file
-- tells is held like a sighting, but of an entry, for there is no document: a post without caption, words without a video.
-- Computed from all archives of an account; a document that names the file later takes the row away.

CREATE TABLE unlisted (
    id        INTEGER PRIMARY KEY,
    entry_id  INTEGER NOT NULL UNIQUE REFERENCES entry (id),
    key       BLOB NOT NULL,                -- as of sightings
    record_id INTEGER REFERENCES record (id) DEFERRABLE INITIALLY DEFERRED,
    item      TEXT NOT NULL                 -- JSON: what the file's name and place say
) STRICT;
CREATE INDEX unlisted_key ON unlisted (key);

-- To find out whether any document names a medium.
CREATE INDEX attachment_external_id ON attachment (external_id) WHERE external_id IS NOT NULL;

DROP VIEW sightings;
CREATE VIEW sightings AS
SELECT r.public_id AS record_id, lower(hex(d.hash)) AS document_hash, s.place AS place
  FROM sighting s
  JOIN reading x ON x.id = s.reading_id
  JOIN document d ON d.id = x.document_id
  -- by the key, which has an index
  JOIN record r ON r.key = s.key AND r.id = s.record_id
UNION ALL
-- A file is its own witness: no document, and the place is its name.
SELECT r.public_id, NULL, e.path
  FROM unlisted u
  JOIN entry e ON e.id = u.entry_id
  JOIN record r ON r.key = u.key AND r.id = u.record_id;
