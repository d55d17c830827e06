-- What the user says of an entry. Tables of their own, because a sync has no statement that writes them.
CREATE TABLE file_organisation (
    file_id BIGINT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    folder TEXT COLLATE "C",
    name TEXT COLLATE "C",
    note TEXT COLLATE "C",
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (file_id)
);
CREATE INDEX file_organisation_folder ON file_organisation (user_id, folder, file_id);

-- Entries that are gone, with what is needed to bring them back as they were: for 30 days.
CREATE TABLE tombstones (
    -- The number the entry had, and gets again.
    file_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    real_debrid_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('torrent', 'download')),
    -- What it is known by when it comes back under another id: a torrent's hash, a download's link.
    identity TEXT COLLATE "C",
    folder TEXT COLLATE "C",
    name TEXT COLLATE "C",
    note TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (file_id)
);
CREATE INDEX tombstones_real_debrid_id ON tombstones (user_id, real_debrid_id);
CREATE INDEX tombstones_identity ON tombstones (user_id, identity) WHERE identity IS NOT NULL;
CREATE INDEX tombstones_deleted ON tombstones (user_id, deleted_at);

-- The highest number of any entry when a list was last settled: entries of an account with a higher one have come since.
CREATE TABLE settled_lists (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('torrent', 'download')),
    last_file_id BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind)
);
INSERT INTO settled_lists (user_id, kind, last_file_id) SELECT user_id, kind, max(id) FROM files GROUP BY user_id, kind;

-- The work list of the background reading, newest first, and what has been read longest ago. Both count by themselves:
-- every column that is asked about is in the index.
CREATE INDEX files_contents_unread ON files (user_id, kind, contents_read_at, added_at)
    WHERE kind = 'torrent' AND contents_read_at IS NULL;
CREATE INDEX files_contents_read ON files (user_id, contents_read_at) WHERE contents_read_at IS NOT NULL;

-- Torrents whose contents could not be read, and when it is tried again.
CREATE TABLE contents_failures (
    file_id BIGINT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Of the entry as it was: a changed entry starts anew, without anybody taking the note away.
    fingerprint BIGINT NOT NULL,
    attempts BIGINT NOT NULL CHECK (attempts > 0),
    retry_at BIGINT NOT NULL,
    error TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (file_id)
);
CREATE INDEX contents_failures_retry ON contents_failures (user_id, retry_at);

-- Whether a failed run can heal by itself: what decides when the next automatic one comes.
ALTER TABLE sync_runs ADD COLUMN failure TEXT COLLATE "C" CHECK (failure IN ('temporary', 'lasting'));

-- No question was ever asked that it answers.
DROP INDEX files_created;

-- Nobody meets the rows of others, the owner of the tables included.
ALTER TABLE file_organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE file_organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON file_organisation USING ((SELECT dmm_account()) IN (0, user_id));
ALTER TABLE tombstones ENABLE ROW LEVEL SECURITY;
ALTER TABLE tombstones FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON tombstones USING ((SELECT dmm_account()) IN (0, user_id));
ALTER TABLE settled_lists ENABLE ROW LEVEL SECURITY;
ALTER TABLE settled_lists FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON settled_lists USING ((SELECT dmm_account()) IN (0, user_id));
ALTER TABLE contents_failures ENABLE ROW LEVEL SECURITY;
ALTER TABLE contents_failures FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON contents_failures USING ((SELECT dmm_account()) IN (0, user_id));
