-- What a watcher knows of its folders, so that a restart reads nothing again and `watch status` can tell from another
-- process. It is memory, not truth: without it everything is looked at once more, and what is held is known again.

CREATE TABLE thing (
    path       BLOB PRIMARY KEY,           -- as the disk has it
    stamp      TEXT NOT NULL,              -- length, time and place on the disk when it was judged
    state      INTEGER NOT NULL,           -- 1 waiting, 2 done, 3 not ours, 4 broken, 5 failed
    reason     TEXT,                       -- why it waits, what is broken, what failed; of what is done its snapshot
    n_attempts INTEGER NOT NULL,           -- how often it failed
    at_ms      INTEGER NOT NULL            -- when this was written down
) STRICT;

CREATE TABLE event (
    id       INTEGER PRIMARY KEY,
    at_ms    INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    path     BLOB,
    sentence TEXT NOT NULL
) STRICT;

CREATE TABLE watcher (
    singleton  INTEGER PRIMARY KEY CHECK (singleton = 1),
    process    INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    folders    TEXT NOT NULL,              -- one a line
    settle_ms  INTEGER NOT NULL,
    poll_ms    INTEGER NOT NULL,
    no_events  TEXT                        -- why it goes without events, if it does
) STRICT;
