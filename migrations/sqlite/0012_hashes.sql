-- Entries are looked for by their hash, of which few have the same, whoever's they are: PostgreSQL takes the entries of an
-- account that is new to its statistics for few, and went through all of them instead. The old index goes last, so that others
-- can read for as long as the new one is made.
CREATE INDEX files_hash ON files (sha1_hash, user_id, added_at, id) WHERE sha1_hash IS NOT NULL;
DROP INDEX files_sha1_hash;
