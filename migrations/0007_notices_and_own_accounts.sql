-- What only everything that is held can tell.

-- Messages that the app wrote, told by what all messages of the account have in common and not by known words. The verdict
-- stands in `record.subkind`; here is what the message says of itself, so that the verdict can be withdrawn.
CREATE TABLE notice (
    record_id INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
    subkind   TEXT NOT NULL,
    plain     TEXT NOT NULL                 -- `text`, `share` or `media`
) STRICT;

-- Snapshots that say nothing about whose they are (downloads of end-to-end encrypted chats), with the account that stands
-- for them as long as no other download does.
CREATE TABLE unowned_snapshot (
    snapshot_id INTEGER PRIMARY KEY REFERENCES snapshot (id) ON DELETE CASCADE,
    key         BLOB NOT NULL,
    handle      TEXT NOT NULL
) STRICT;

-- Keys of encrypted chats that stand with another conversation only because the same two people take part. Every ingest
-- takes them out again and looks anew.
CREATE TABLE guessed_thread_key (
    key BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
