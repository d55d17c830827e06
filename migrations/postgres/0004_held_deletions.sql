-- The entries whose deletion a run holds back until the user's word. They count once their run has ended with a number of
-- them; rows of any other run are left over from a kill and go with the next run.
CREATE TABLE held_deletions (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    run_id BIGINT NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    -- An entry that takes over the number of another keeps its row.
    file_id BIGINT NOT NULL REFERENCES files (id) ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY (run_id, file_id)
    -- Half a million rows at once: the key is the table, and not a second copy of it.
);
CREATE INDEX held_deletions_user ON held_deletions (user_id);
CREATE INDEX held_deletions_file ON held_deletions (file_id);

-- Nobody meets the rows of others, the owner of the tables included.
ALTER TABLE held_deletions ENABLE ROW LEVEL SECURITY;
ALTER TABLE held_deletions FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON held_deletions USING ((SELECT dmm_account()) IN (0, user_id));
