-- Times are unix milliseconds, sizes bytes. Closed sets are TEXT with a CHECK, so that one statement serves both databases.

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Which service the account lives at: a demo account must never meet a real one that has the same number there.
    service TEXT NOT NULL CHECK (service IN ('real-debrid', 'demo')),
    real_debrid_id BIGINT NOT NULL,
    username TEXT NOT NULL,
    premium_until BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (service, real_debrid_id)
);

CREATE TABLE oauth_tokens (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('private', 'device')),
    -- Nonce and authenticated ciphertext; the key is not in the database.
    sealed_access_token BLOB NOT NULL,
    sealed_refresh_credentials BLOB,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id)
);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the token; the token itself is known to the client only.
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (token_hash)
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE sync_configuration (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auto_sync BOOLEAN NOT NULL,
    sync_interval BIGINT NOT NULL CHECK (sync_interval BETWEEN 1 AND 10080),
    batch_size BIGINT NOT NULL CHECK (batch_size BETWEEN 25 AND 500),
    enable_duplicate_detection BOOLEAN NOT NULL,
    sync_timeout BIGINT NOT NULL CHECK (sync_timeout BETWEEN 1000 AND 86400000),
    max_retries BIGINT NOT NULL CHECK (max_retries BETWEEN 0 AND 10),
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id)
);

CREATE TABLE sync_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    mode TEXT NOT NULL CHECK (mode IN ('incremental', 'full')),
    state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'completed', 'cancelled', 'error')),
    -- The settings this run was started with, as JSON.
    configuration TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    total BIGINT NOT NULL DEFAULT 0 CHECK (total >= 0),
    processed BIGINT NOT NULL DEFAULT 0 CHECK (processed >= 0),
    added BIGINT NOT NULL DEFAULT 0,
    updated BIGINT NOT NULL DEFAULT 0,
    deleted BIGINT NOT NULL DEFAULT 0,
    duplicates BIGINT NOT NULL DEFAULT 0,
    errors BIGINT NOT NULL DEFAULT 0,
    held_deletions BIGINT NOT NULL DEFAULT 0,
    requests BIGINT NOT NULL DEFAULT 0,
    summary TEXT NOT NULL DEFAULT '',
    error TEXT
);
-- At most one living run of an account, whoever starts it.
CREATE UNIQUE INDEX sync_runs_alive ON sync_runs (user_id) WHERE state IN ('running', 'paused');
CREATE INDEX sync_runs_user ON sync_runs (user_id, id);
CREATE INDEX sync_runs_completed ON sync_runs (user_id, ended_at) WHERE state = 'completed';

-- Entries that a run could not store, one sentence each.
CREATE TABLE sync_run_errors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id BIGINT NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    real_debrid_id TEXT,
    message TEXT NOT NULL
);
-- An entry that fails again when the list is read again is still one error.
CREATE UNIQUE INDEX sync_run_errors_run ON sync_run_errors (run_id, real_debrid_id);

-- The last complete and consistent listing, against which an incremental run looks for signs of change.
CREATE TABLE listings (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('torrent', 'download')),
    total BIGINT NOT NULL CHECK (total >= 0),
    read_at BIGINT NOT NULL,
    -- Whether the duplicates of this listing have been marked.
    duplicates_marked BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, kind)
);

CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    real_debrid_id TEXT NOT NULL CHECK (length(real_debrid_id) > 0),
    kind TEXT NOT NULL CHECK (kind IN ('torrent', 'download')),
    original_filename TEXT NOT NULL,
    -- Lower-cased and NFKC-normalised, for search and order without regard to case.
    search_name TEXT NOT NULL,
    file_size BIGINT NOT NULL CHECK (file_size >= 0),
    mime_type TEXT,
    sha1_hash TEXT CHECK (sha1_hash IS NULL OR (length(sha1_hash) = 40 AND sha1_hash NOT GLOB '*[^0-9a-f]*')),
    status TEXT NOT NULL,
    progress DOUBLE PRECISION NOT NULL,
    download_url TEXT,
    source_link TEXT,
    duplicate_of BIGINT REFERENCES files (id) ON DELETE SET NULL,
    -- Real-Debrid's time, and the same as sent: its zone is not certain.
    added_at BIGINT NOT NULL,
    added_raw TEXT NOT NULL,
    ended_at BIGINT,
    -- Of everything that counts as a change; see the planner.
    fingerprint BIGINT NOT NULL,
    -- The run that last wrote the entry, so that a run can count its own duplicates.
    written_by_run BIGINT,
    contents_read_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX files_real_debrid_id ON files (user_id, real_debrid_id);
CREATE INDEX files_sha1_hash ON files (user_id, sha1_hash, added_at, id) WHERE sha1_hash IS NOT NULL;
CREATE INDEX files_added ON files (user_id, added_at, id);
CREATE INDEX files_name ON files (user_id, search_name, id);
CREATE INDEX files_size ON files (user_id, file_size, id);
CREATE INDEX files_created ON files (user_id, created_at);
CREATE INDEX files_duplicate_of ON files (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX files_active ON files (user_id, real_debrid_id) WHERE
    status IN ('magnet_conversion', 'waiting_files_selection', 'queued', 'downloading', 'compressing', 'uploading');

CREATE TABLE file_contents (
    file_id BIGINT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    file_index BIGINT NOT NULL,
    path TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    mime_type TEXT,
    selected BOOLEAN NOT NULL,
    link TEXT,
    PRIMARY KEY (file_id, file_index)
);
