-- Rows that are alone under their own key may be several things all the same: two equal likes of one second. Which of them a
-- row is, is decided by all rows together, and names the id by which its record was known before a finer row came.
ALTER TABLE sighting ADD COLUMN twin INTEGER NOT NULL DEFAULT 0;
