-- What was read again stands without a record until everything that bears on it is known; this finds it without a look at
-- every sighting.
CREATE INDEX sighting_without_record ON sighting (reading_id) WHERE record_id IS NULL;
