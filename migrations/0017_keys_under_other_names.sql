-- Keys that an account would have by its other user names: to whoever held less of it, any of them was the oldest, from which the
-- key is made. The ids of its records under each of these are aliases. Filled by the next ingest.
CREATE TABLE account_key (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    key        BLOB NOT NULL,
    PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;

-- Ids that a conversation would have by them.
CREATE TABLE thread_alias (
    thread_id INTEGER NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
    public_id TEXT NOT NULL,
    PRIMARY KEY (thread_id, public_id)
) STRICT, WITHOUT ROWID;
