-- Whose a snapshot is and who people are: computed from all that is held and from what the person decided by hand.

-- What the person decided by hand. A decision is applied anew by everything that computes accounts, people or verdicts, so
-- its arguments are names and ids as people type them, never row numbers; one whose subject is not held (yet) has no effect.
CREATE TABLE decision (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,   -- what `undo` takes; never given twice
    kind      TEXT NOT NULL,                       -- merge_people, split_person, merge_accounts, split_account, accept
    arguments TEXT NOT NULL,                       -- JSON list of texts
    reason    TEXT,
    made_ms   INTEGER NOT NULL
) STRICT;

-- What two snapshots have in common that shows whose they are: a function of the two, kept so that an ingest compares only
-- what changed.
CREATE TABLE snapshot_bond (
    one_id       INTEGER NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
    other_id     INTEGER NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,  -- the larger number
    n_documents  INTEGER NOT NULL,          -- equal documents with something dated in them
    n_media      INTEGER NOT NULL,          -- equal own media
    n_same_side  INTEGER NOT NULL,          -- equal messages that both owners wrote, or neither of a conversation of two
    n_other_side INTEGER NOT NULL,          -- equal messages that only one of the owners wrote
    n_no_side    INTEGER NOT NULL,          -- equal messages of which that cannot be told
    PRIMARY KEY (one_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_bond_other ON snapshot_bond (other_id);

-- Every user name that an account is known by.
CREATE TABLE account_name (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    handle     TEXT NOT NULL,
    from_ms    INTEGER,                     -- when it is first known to have been the name, and last
    to_ms      INTEGER,
    PRIMARY KEY (account_id, handle)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO account_name (account_id, handle) SELECT id, first_handle FROM account;
INSERT OR IGNORE INTO account_name (account_id, handle) SELECT id, handle FROM account;

-- Under which names whoever a record is about was seen, where there are several: the ground on which names are one person.
CREATE TABLE record_name (
    record_id  INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    handle_id  INTEGER NOT NULL REFERENCES handle (id),
    first_date TEXT NOT NULL,               -- of the first and the last snapshot that names them so
    last_date  TEXT NOT NULL,
    PRIMARY KEY (record_id, handle_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_name_handle ON record_name (handle_id);

-- A user name that was given up may be somebody else's later: then it has a row for each of them. SQLite changes no UNIQUE
-- constraint: the table is made anew, with the same rows.
CREATE TEMP TABLE handle_before AS SELECT * FROM handle;
DROP TABLE handle;

CREATE TABLE handle (
    id        INTEGER PRIMARY KEY,
    handle    TEXT NOT NULL,
    type      INTEGER NOT NULL,             -- 1 user name, 2 display name
    since     TEXT NOT NULL DEFAULT '',     -- date of the first snapshot that means this one by it; empty: the first of them
    folded    TEXT NOT NULL,                -- for looking it up as people type it
    person_id INTEGER NOT NULL REFERENCES person (id),
    from_ms   INTEGER,
    to_ms     INTEGER,
    evidence  TEXT NOT NULL,
    UNIQUE (type, handle, since)
) STRICT;
CREATE INDEX handle_person ON handle (person_id);

INSERT INTO handle (id, handle, type, folded, person_id, from_ms, to_ms, evidence)
SELECT id, handle, type, folded, person_id, from_ms, to_ms, evidence FROM handle_before;
DROP TABLE handle_before;

CREATE VIEW accounts AS
SELECT substr(lower(hex(a.key)), 1, 16) AS id, a.handle AS account, a.first_handle AS first_name,
       CASE a.service WHEN 1 THEN 'instagram' END AS service,
       -- no ORDER BY within the function: older programs would not understand the schema
       (SELECT json_group_array(n.handle)
          FROM (SELECT handle FROM account_name WHERE account_id = a.id ORDER BY from_ms, handle) n) AS names,
       (SELECT count(*) FROM snapshot s WHERE s.account_id = a.id) AS n_snapshots,
       (SELECT count(*) FROM record r WHERE r.account_id = a.id) AS n_records
  FROM account a;

CREATE VIEW decisions AS
SELECT d.id AS id, d.kind AS kind, d.arguments AS arguments, d.reason AS reason,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.made_ms / 1000, 'unixepoch') AS made_at, d.made_ms AS made_ms
  FROM decision d;
