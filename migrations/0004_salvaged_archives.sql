-- A download that breaks off has no directory: its entries are found by their own headers, and nobody can say how many
-- more there were. Its snapshot is not complete until a whole copy comes.

ALTER TABLE archive ADD COLUMN is_salvaged INTEGER NOT NULL DEFAULT 0;
