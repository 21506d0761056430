-- The contract: what `throwback sql`, Datasette and DuckDB see. Views grow, they don't change. They use only SQLite's
-- own functions, so that any program can read them. `*_at` is ISO-8601 UTC, `*_ms` Unix milliseconds UTC.

CREATE VIEW records AS
SELECT r.public_id AS id,
       a.handle AS account,
       k.name AS kind,
       r.subkind AS subkind,
       strftime('%Y-%m-%dT%H:%M:%S', r.at_ms / 1000, 'unixepoch')
           || CASE r.precision WHEN 1 THEN printf('.%03dZ', r.at_ms % 1000) ELSE 'Z' END AS at,
       r.at_ms AS at_ms,
       CASE r.precision WHEN 1 THEN 'ms' WHEN 2 THEN 's' WHEN 3 THEN 'minute' WHEN 4 THEN 'day' END AS precision,
       -- the owner's own things carry the owner's newest name
       CASE WHEN author.type = 1 AND author.handle = a.first_handle THEN a.handle ELSE author.handle END AS author,
       counterpart.handle AS counterpart,
       t.public_id AS thread_id,
       r.text AS text,
       r.url AS url,
       r.place AS place,
       r.latitude AS latitude,
       r.longitude AS longitude,
       r.n_attachments AS media_count,
       r.details AS details,
       first_seen.public_id AS first_snapshot,
       last_seen.public_id AS last_snapshot,
       r.is_gone AS is_gone,
       r.gone_since AS gone_since
  -- Outer joins, though every row has its partner: SQLite then never begins with a small table and reads all records
  -- once for each pair of snapshots, and leaves out what nobody asked for.
  FROM record r
  LEFT JOIN account a ON a.id = r.account_id
  LEFT JOIN kind k ON k.code = r.kind
  LEFT JOIN handle author ON author.id = r.author_id
  LEFT JOIN handle counterpart ON counterpart.id = r.counterpart_id
  LEFT JOIN thread t ON t.id = r.thread_id
  LEFT JOIN snapshot first_seen ON first_seen.id = r.first_snapshot_id
  LEFT JOIN snapshot last_seen ON last_seen.id = r.last_snapshot_id;

CREATE VIEW messages AS
SELECT v.*, t.title AS thread, v.author AS sender, v.at AS sent_at, v.at_ms AS sent_ms,
       r.share_url AS share_url, r.share_text AS share_text, r.share_owner AS share_owner,
       r.call_seconds AS call_seconds, r.is_unsent AS is_unsent, r.is_edited AS is_edited,
       r.n_reactions AS reaction_count
  FROM record r
  JOIN records v ON v.id = r.public_id
  LEFT JOIN thread t ON t.id = r.thread_id
 WHERE r.kind = 5;

CREATE VIEW posts AS SELECT * FROM records WHERE kind IN ('post', 'reel');
CREATE VIEW stories AS SELECT * FROM records WHERE kind = 'story';
CREATE VIEW comments AS SELECT *, counterpart AS media_owner FROM records WHERE kind = 'comment';
CREATE VIEW searches AS SELECT *, text AS query FROM records WHERE kind = 'search';
CREATE VIEW likes AS SELECT *, counterpart AS owner FROM records WHERE kind = 'like';
CREATE VIEW saves AS
SELECT *, counterpart AS owner, details ->> '$.collection' AS collection FROM records WHERE kind = 'save';
CREATE VIEW follows AS SELECT *, counterpart AS handle, at AS since FROM records WHERE kind = 'follow';
CREATE VIEW logins AS
SELECT *, details ->> '$.ip_address' AS ip_address, details ->> '$.user_agent' AS user_agent
  FROM records WHERE kind = 'login';

CREATE VIEW reactions AS
SELECT r.public_id AS record_id, h.handle AS actor, x.reaction AS reaction, x.at_ms AS at_ms
  FROM reaction x
  JOIN record r ON r.id = x.record_id
  JOIN handle h ON h.id = x.actor_id;

CREATE VIEW attachments AS
SELECT r.public_id AS record_id, x.position AS position, x.path AS path,
       nullif(lower(hex(coalesce(m.hash, d.hash))), '') AS media_hash, x.external_id AS media_id, x.role AS role
  FROM attachment x
  JOIN record r ON r.id = x.record_id
  LEFT JOIN medium m ON m.id = x.medium_id
  LEFT JOIN document d ON d.id = x.document_id;

CREATE VIEW media AS
SELECT lower(hex(m.hash)) AS hash, m.bytes AS bytes, m.type AS type,
       'media/' || substr(lower(hex(m.hash)), 1, 2) || '/' || lower(hex(m.hash)) || '.' || m.extension AS path,
       m.width AS width, m.height AS height, m.seconds AS seconds,
       (SELECT count(*) FROM entry e WHERE e.medium_id = m.id) AS sightings
  FROM medium m;

CREATE VIEW threads AS
SELECT t.public_id AS id, a.handle AS account, t.title AS title,
       CASE t.kind WHEN 1 THEN 'direct' WHEN 2 THEN 'group' WHEN 3 THEN 'broadcast' WHEN 4 THEN 'ai' END AS kind,
       (SELECT count(*) FROM record r WHERE r.thread_id = t.id) AS n_messages,
       (SELECT min(r.at_ms) FROM record r WHERE r.thread_id = t.id) AS first_ms,
       (SELECT max(r.at_ms) FROM record r WHERE r.thread_id = t.id) AS last_ms,
       t.details AS details
  FROM thread t
  JOIN account a ON a.id = t.account_id;

CREATE VIEW participants AS
SELECT t.public_id AS thread_id, p.public_id AS person_id, h.handle AS name
  FROM participant x
  JOIN thread t ON t.id = x.thread_id
  JOIN handle h ON h.id = x.handle_id
  JOIN person p ON p.id = h.person_id;

CREATE VIEW people AS SELECT public_id AS id, name FROM person;

CREATE VIEW handles AS
SELECT p.public_id AS person_id, h.handle AS handle, h.from_ms AS from_ms, h.to_ms AS to_ms, h.evidence AS evidence,
       CASE h.type WHEN 1 THEN 'user_name' WHEN 2 THEN 'display_name' END AS type
  FROM handle h
  JOIN person p ON p.id = h.person_id;

CREATE VIEW snapshots AS
SELECT s.public_id AS id, a.handle AS account, s.date AS date,
       CASE s.format WHEN 1 THEN 'json' WHEN 2 THEN 'html' END AS format,
       CASE s.generation WHEN 1 THEN 'A' WHEN 2 THEN 'B' WHEN 3 THEN 'C' WHEN 4 THEN 'D' WHEN 5 THEN 'E' END AS generation,
       s.language AS language, s.range_from_ms AS range_from_ms, s.range_to_ms AS range_to_ms,
       s.is_complete AS is_complete, s.owner_name AS owner_name, s.owner_ground AS owner_ground,
       s.date_ground AS date_ground, s.evidence AS evidence
  FROM snapshot s
  JOIN account a ON a.id = s.account_id;

CREATE VIEW archives AS
SELECT x.public_id AS id, s.public_id AS snapshot_id, x.name AS name, x.bytes AS bytes,
       CASE x.container WHEN 1 THEN 'zip' WHEN 2 THEN 'folder' END AS container, x.root AS root
  FROM archive x
  JOIN snapshot s ON s.id = x.snapshot_id;

CREATE VIEW entries AS
SELECT x.public_id AS archive_id, e.position AS position, e.path AS path, e.bytes AS bytes,
       nullif(lower(hex(coalesce(d.hash, m.hash))), '') AS hash,
       CASE e.fate WHEN 1 THEN 'document' WHEN 2 THEN 'media' WHEN 3 THEN 'unknown' WHEN 4 THEN 'debris'
                   WHEN 5 THEN 'undecodable' WHEN 6 THEN 'not_kept' WHEN 7 THEN 'folder' WHEN 8 THEN 'odd' END AS fate,
       e.method AS method, e.modified AS modified
  FROM entry e
  JOIN archive x ON x.id = e.archive_id
  LEFT JOIN document d ON d.id = e.document_id
  LEFT JOIN medium m ON m.id = e.medium_id;

CREATE VIEW documents AS
SELECT lower(hex(d.hash)) AS hash, d.bytes AS bytes, x.reader AS reader, x.reader_version AS reader_version,
       x.path AS path, x.n_items AS n_items, x.n_read AS n_read, x.n_kept AS n_kept, x.n_bad AS n_bad
  FROM document d
  LEFT JOIN reading x ON x.document_id = d.id;

CREATE VIEW sightings AS
SELECT r.public_id AS record_id, lower(hex(d.hash)) AS document_hash, s.place AS place
  FROM sighting s
  JOIN reading x ON x.id = s.reading_id
  JOIN document d ON d.id = x.document_id
  -- by the key, which has an index
  JOIN record r ON r.key = s.key AND r.id = s.record_id;

CREATE VIEW findings AS
SELECT f.code AS code, CASE f.severity WHEN 1 THEN 'info' WHEN 2 THEN 'warning' WHEN 3 THEN 'error' END AS severity,
       x.public_id AS archive_id, f.path AS path, f.place AS place, f.n_items AS n_items, f.sentence AS sentence
  FROM finding f
  LEFT JOIN archive x ON x.id = f.archive_id;

CREATE VIEW versions AS
SELECT r.public_id AS record_id, s.public_id AS snapshot_id, v.text AS text
  FROM version v
  JOIN record r ON r.id = v.record_id
  JOIN snapshot s ON s.id = v.snapshot_id;
