-- Names are folded by the program before anything is stored here; the index stays.
-- The groups of duplicates with what their entries take, without a look at any other entry.
CREATE INDEX files_duplicates ON files (user_id, duplicate_of, file_size) WHERE duplicate_of IS NOT NULL;
