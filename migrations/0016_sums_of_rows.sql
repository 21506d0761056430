-- Rows that no document repeats: what the directory of an archive said, what was found in it, and what the person decided. Each has
-- the first eight bytes of a BLAKE3 over its other columns (`store/sums.rs` names them), by which `check` tells that one of them
-- became another. What documents give again is compared with the documents, and has none. In a home of before they are filled
-- in as the rows are when this file is applied.
ALTER TABLE archive ADD COLUMN sum INTEGER;
ALTER TABLE archive_name ADD COLUMN sum INTEGER;
ALTER TABLE entry ADD COLUMN sum INTEGER;
ALTER TABLE finding ADD COLUMN sum INTEGER;
ALTER TABLE decision ADD COLUMN sum INTEGER;
ALTER TABLE saved_search ADD COLUMN sum INTEGER;
