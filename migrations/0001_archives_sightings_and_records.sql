-- The first schema. Three layers, each computed from the one before:
--   what was delivered   account, snapshot, archive, entry, document, medium, finding
--   what it said         reading, thread_sighting, sighting     (a function of the documents)
--   what is true         record, thread, person and what hangs on them (a function of the sightings)
-- Tables are named in the singular and may change; the views in 0002 are the contract.
-- Enums are small integers; their names stand in comments and are never reused. Times are Unix milliseconds UTC.

CREATE TABLE home (
    singleton   INTEGER PRIMARY KEY CHECK (singleton = 1),
    home_id     TEXT NOT NULL,              -- random; the index is bound to it
    last_change INTEGER NOT NULL            -- the change log's clock: rises by one with every transaction that changes records
) STRICT;

CREATE TABLE kind (
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO kind (code, name) VALUES
    (1, 'post'), (2, 'story'), (3, 'reel'), (4, 'profile_photo'), (5, 'message'), (6, 'comment'), (7, 'note'), (8, 'repost'),
    (9, 'search'), (10, 'like'), (11, 'save'), (12, 'collection'), (13, 'story_interaction'), (14, 'follow'), (15, 'contact'),
    (16, 'profile'), (17, 'profile_change'), (18, 'login'), (19, 'view'), (20, 'visit'), (21, 'ad'), (22, 'interest'),
    (23, 'external_event'), (24, 'app'), (25, 'insight'), (26, 'setting'), (27, 'shopping'), (28, 'form'), (29, 'misc');

-- What was delivered ---------------------------------------------------------------------------------------------------

CREATE TABLE account (
    id      INTEGER PRIMARY KEY,
    key     BLOB NOT NULL UNIQUE,
    service INTEGER NOT NULL,               -- 1 instagram
    handle  TEXT NOT NULL,                  -- newest user name; `unknown-xxxx` where nothing tells it
    first_handle TEXT NOT NULL              -- oldest user name that is known: the owner's own things are filed under it
) STRICT;

CREATE TABLE snapshot (
    id            INTEGER PRIMARY KEY,
    key           BLOB NOT NULL UNIQUE,
    public_id     TEXT NOT NULL UNIQUE,     -- date and four characters
    account_id    INTEGER NOT NULL REFERENCES account (id),
    handle        TEXT NOT NULL,            -- user name at that time
    format        INTEGER NOT NULL,         -- 1 json, 2 html
    generation    INTEGER NOT NULL,         -- 1 A, 2 B, 3 C, 4 D, 5 E
    language      TEXT,
    date          TEXT NOT NULL,            -- YYYY-MM-DD
    date_ground   TEXT NOT NULL,            -- where the date comes from: name, newest entry, newest record, file
    owner_name    TEXT,                     -- display name of the owner at that time
    owner_ground  TEXT,                     -- how it was inferred
    evidence      TEXT NOT NULL,            -- why it was recognised as what it is
    range_from_ms INTEGER,                  -- oldest and newest time of its records
    range_to_ms   INTEGER,
    is_complete   INTEGER NOT NULL
) STRICT;

CREATE TABLE archive (
    id          INTEGER PRIMARY KEY,
    public_id   TEXT NOT NULL UNIQUE,       -- of fingerprint and root
    snapshot_id INTEGER NOT NULL REFERENCES snapshot (id),
    name        TEXT NOT NULL,              -- file or folder name, without the path to it
    bytes       INTEGER NOT NULL,
    container   INTEGER NOT NULL,           -- 1 zip, 2 folder
    root        TEXT NOT NULL,              -- wrapper folders before the download's own names
    fingerprint BLOB NOT NULL,              -- of its directory: equal means known already
    ingested_ms INTEGER NOT NULL,           -- when we read it; the only time of ours, left out of dumps
    UNIQUE (fingerprint, root)
) STRICT;
CREATE INDEX archive_snapshot ON archive (snapshot_id);

CREATE TABLE document (
    id    INTEGER PRIMARY KEY,
    hash  BLOB NOT NULL UNIQUE,             -- BLAKE3 of the whole
    bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE document_chunk (
    document_id INTEGER NOT NULL REFERENCES document (id),
    position    INTEGER NOT NULL,
    zstd        BLOB NOT NULL,              -- at most 1 MB of the document each
    PRIMARY KEY (document_id, position)
) STRICT;

CREATE TABLE medium (
    id        INTEGER PRIMARY KEY,
    hash      BLOB NOT NULL UNIQUE,
    bytes     INTEGER NOT NULL,
    type      TEXT NOT NULL,                -- by its bytes, for example image/jpeg
    extension TEXT NOT NULL,
    width     INTEGER,
    height    INTEGER,
    seconds   REAL
) STRICT;

CREATE TABLE reading (
    id             INTEGER PRIMARY KEY,
    document_id    INTEGER NOT NULL REFERENCES document (id),
    account_id     INTEGER NOT NULL REFERENCES account (id),
    path           TEXT NOT NULL,           -- below the download's root: it decides how a document is read
    reader         TEXT NOT NULL,
    reader_version INTEGER NOT NULL,
    n_items        INTEGER,                 -- by the independent counter; null where it could not count
    n_read         INTEGER NOT NULL,
    n_kept         INTEGER NOT NULL,
    n_bad          INTEGER NOT NULL,
    words          TEXT,                    -- subtitles: the plain text
    UNIQUE (document_id, account_id, path)
) STRICT;

CREATE TABLE entry (
    id          INTEGER PRIMARY KEY,
    archive_id  INTEGER NOT NULL REFERENCES archive (id),
    position    INTEGER NOT NULL,           -- its place in the archive's directory
    path        TEXT NOT NULL,
    raw_name    BLOB,                       -- the name's bytes where they are not those of `path`
    base        TEXT NOT NULL,              -- last component of the name, in NFC
    external_id TEXT,                       -- media id in the name
    bytes       INTEGER NOT NULL,
    crc32       INTEGER,
    modified    TEXT,                       -- wall clock as the archive states it
    method      TEXT NOT NULL,
    fate        INTEGER NOT NULL,           -- 1 document, 2 media, 3 unknown, 4 debris, 5 undecodable, 6 not_kept, 7 folder, 8 odd
    document_id INTEGER REFERENCES document (id),
    reading_id  INTEGER REFERENCES reading (id),
    medium_id   INTEGER REFERENCES medium (id),
    UNIQUE (archive_id, position)
) STRICT;
CREATE INDEX entry_base ON entry (base);
CREATE INDEX entry_external_id ON entry (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX entry_reading ON entry (reading_id) WHERE reading_id IS NOT NULL;
CREATE INDEX entry_document ON entry (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX entry_medium ON entry (medium_id) WHERE medium_id IS NOT NULL;

CREATE TABLE finding (
    id         INTEGER PRIMARY KEY,
    archive_id INTEGER REFERENCES archive (id),
    code       TEXT NOT NULL,
    severity   INTEGER NOT NULL,            -- 1 info, 2 warning, 3 error
    path       TEXT,
    place      TEXT,
    n_items    INTEGER NOT NULL,
    sentence   TEXT NOT NULL
) STRICT;
CREATE INDEX finding_archive ON finding (archive_id);

-- What it said ---------------------------------------------------------------------------------------------------------

CREATE TABLE thread_sighting (
    id         INTEGER PRIMARY KEY,
    reading_id INTEGER NOT NULL REFERENCES reading (id),
    key        BLOB NOT NULL,               -- by the id in the folder's name
    head       TEXT NOT NULL                -- JSON: title, participants … as written
) STRICT;
CREATE INDEX thread_sighting_reading ON thread_sighting (reading_id);
CREATE INDEX thread_sighting_key ON thread_sighting (key);

CREATE TABLE sighting (
    id                 INTEGER PRIMARY KEY,
    reading_id         INTEGER NOT NULL REFERENCES reading (id),
    place              TEXT NOT NULL,
    thread_sighting_id INTEGER REFERENCES thread_sighting (id),
    key                BLOB NOT NULL,       -- sightings of one thing share it
    record_id          INTEGER REFERENCES record (id) DEFERRABLE INITIALLY DEFERRED,
    item               TEXT NOT NULL        -- JSON: what the document said, as written
) STRICT;
CREATE INDEX sighting_reading ON sighting (reading_id);
CREATE INDEX sighting_key ON sighting (key);

-- What is true ---------------------------------------------------------------------------------------------------------

CREATE TABLE person (
    id        INTEGER PRIMARY KEY,
    key       BLOB NOT NULL UNIQUE,
    public_id TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    name_date TEXT NOT NULL                 -- of the snapshot that names the person so; empty while there is one name only
) STRICT;

CREATE TABLE handle (
    id        INTEGER PRIMARY KEY,
    handle    TEXT NOT NULL,
    type      INTEGER NOT NULL,             -- 1 user name, 2 display name
    folded    TEXT NOT NULL,                -- for looking it up as people type it
    person_id INTEGER NOT NULL REFERENCES person (id),
    from_ms   INTEGER,
    to_ms     INTEGER,
    evidence  TEXT NOT NULL,
    UNIQUE (type, handle)
) STRICT;
CREATE INDEX handle_person ON handle (person_id);

-- Who the owner of an account is, under all names.
CREATE TABLE account_person (
    account_id INTEGER NOT NULL REFERENCES account (id),
    person_id  INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (account_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE thread (
    id         INTEGER PRIMARY KEY,
    public_id  TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES account (id),
    title      TEXT,
    kind       INTEGER NOT NULL,            -- 1 direct, 2 group, 3 broadcast, 4 ai
    details    TEXT NOT NULL
) STRICT;

-- Every key under which a thread was ever seen.
CREATE TABLE thread_key (
    key       BLOB PRIMARY KEY,
    thread_id INTEGER NOT NULL REFERENCES thread (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_key_thread ON thread_key (thread_id);

CREATE TABLE participant (
    thread_id INTEGER NOT NULL REFERENCES thread (id),
    handle_id INTEGER NOT NULL REFERENCES handle (id),
    PRIMARY KEY (thread_id, handle_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (
    id                INTEGER PRIMARY KEY,
    key               BLOB NOT NULL,
    public_id         TEXT NOT NULL UNIQUE,
    account_id        INTEGER NOT NULL REFERENCES account (id),
    kind              INTEGER NOT NULL REFERENCES kind (code),
    subkind           TEXT,
    at_ms             INTEGER,
    precision         INTEGER,              -- 1 ms, 2 s, 3 minute, 4 day
    author_id         INTEGER REFERENCES handle (id),
    counterpart_id    INTEGER REFERENCES handle (id),
    thread_id         INTEGER REFERENCES thread (id),
    text              TEXT,
    other_text        TEXT,                 -- JSON list: strings worth finding that are not the author's words
    url               TEXT,
    place             TEXT,
    latitude          REAL,
    longitude         REAL,
    share_url         TEXT,
    share_text        TEXT,
    share_owner       TEXT,
    call_seconds      INTEGER,
    is_unsent         INTEGER NOT NULL,
    is_edited         INTEGER NOT NULL,
    details           TEXT NOT NULL,        -- JSON object
    first_snapshot_id INTEGER NOT NULL REFERENCES snapshot (id),
    last_snapshot_id  INTEGER NOT NULL REFERENCES snapshot (id),
    is_gone           INTEGER,
    gone_since        TEXT,
    n_attachments     INTEGER NOT NULL,
    n_reactions       INTEGER NOT NULL,
    changed           INTEGER NOT NULL      -- the change log: `home.last_change` of the transaction that last touched it
) STRICT;
CREATE INDEX record_key ON record (key);
CREATE INDEX record_thread ON record (thread_id, at_ms) WHERE thread_id IS NOT NULL;
CREATE INDEX record_kind ON record (kind, at_ms);
CREATE INDEX record_changed ON record (changed);

-- Records that ceased to be, for those who follow the change log.
CREATE TABLE removed_record (
    record_id INTEGER PRIMARY KEY,
    changed   INTEGER NOT NULL
) STRICT;

CREATE TABLE reaction (
    record_id INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    actor_id  INTEGER NOT NULL REFERENCES handle (id),
    reaction  TEXT NOT NULL,
    at_ms     INTEGER,
    PRIMARY KEY (record_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (
    record_id   INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    path        TEXT NOT NULL,
    role        TEXT,
    at_ms       INTEGER,
    external_id TEXT,
    medium_id   INTEGER REFERENCES medium (id),
    document_id INTEGER REFERENCES document (id),   -- subtitles are documents
    PRIMARY KEY (record_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_medium ON attachment (medium_id) WHERE medium_id IS NOT NULL;

-- Earlier texts of edited captions, bios and messages.
CREATE TABLE version (
    record_id   INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    snapshot_id INTEGER NOT NULL REFERENCES snapshot (id),
    text        TEXT NOT NULL,
    PRIMARY KEY (record_id, snapshot_id, text)
) STRICT, WITHOUT ROWID;
