-- Searches that the person keeps under a name. They are the person's own words, as decisions are, but nothing is computed
-- from them: saving one is no change of any record, and the change log does not tell it.
CREATE TABLE saved_search (
    name  TEXT NOT NULL PRIMARY KEY,        -- lower case; what stands behind the @
    query TEXT NOT NULL                     -- as it was typed
) STRICT, WITHOUT ROWID;

CREATE VIEW saved_searches AS
SELECT name AS name, query AS query FROM saved_search;
