-- Who asked for a run; not known of older ones.
ALTER TABLE sync_runs ADD COLUMN started_by TEXT COLLATE "C" CHECK (started_by IN ('user', 'schedule'));

-- What was stored when a run had completed, and what of it is duplicates; not known of older runs.
ALTER TABLE sync_runs ADD COLUMN stored_files BIGINT;
ALTER TABLE sync_runs ADD COLUMN stored_bytes BIGINT;
ALTER TABLE sync_runs ADD COLUMN duplicate_files BIGINT;
ALTER TABLE sync_runs ADD COLUMN duplicate_bytes BIGINT;

-- The library by kind, status and sort of content, as counted at the end of a run: no page counts a million rows.
CREATE TABLE library_shares (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('torrent', 'download')),
    status TEXT COLLATE "C" NOT NULL,
    media TEXT COLLATE "C" NOT NULL CHECK (media IN ('video', 'audio', 'image', 'document', 'archive', 'other', 'unknown')),
    files BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    duplicate_files BIGINT NOT NULL,
    duplicate_bytes BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind, status, media)
);

-- Their sums, and the last run as of which they hold.
CREATE TABLE library_counts (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    run_id BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    files BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    duplicate_files BIGINT NOT NULL,
    duplicate_bytes BIGINT NOT NULL,
    PRIMARY KEY (user_id)
);

-- Runs that changed something, for the plots; and those that found nothing to do, of which only the newest are kept. A
-- living run is in neither, so that its batches pay nothing for them. The second holds all that is asked, since ten
-- thousand of its rows are counted off at every end.
CREATE INDEX sync_runs_eventful ON sync_runs (user_id, id)
    WHERE ended_at IS NOT NULL AND (added > 0 OR updated > 0 OR deleted > 0);
CREATE INDEX sync_runs_uneventful ON sync_runs
    (user_id, id, state, added, updated, deleted, errors, held_deletions)
    WHERE state = 'completed' AND added = 0 AND updated = 0 AND deleted = 0 AND errors = 0 AND held_deletions = 0;

-- Nobody meets the rows of others, the owner of the tables included.
ALTER TABLE library_shares ENABLE ROW LEVEL SECURITY;
ALTER TABLE library_shares FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON library_shares USING ((SELECT dmm_account()) IN (0, user_id));
ALTER TABLE library_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE library_counts FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON library_counts USING ((SELECT dmm_account()) IN (0, user_id));
