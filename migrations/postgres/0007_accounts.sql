-- When the access token was issued, and when Real-Debrid said that it will issue no other.
ALTER TABLE oauth_tokens ADD COLUMN renewed_at BIGINT;
ALTER TABLE oauth_tokens ADD COLUMN refused_at BIGINT;

-- Sign-ins by device that wait for their user.
CREATE TABLE device_sign_ins (
    -- SHA-256 of the id, which opens the session and so is known to the caller only.
    id_hash BYTEA NOT NULL CHECK (length(id_hash) = 32),
    sealed_device_code BYTEA NOT NULL,
    -- What it was exchanged for, until it is known whose it is; and whose it is, for a minute after that.
    sealed_tokens BYTEA,
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    user_code TEXT COLLATE "C" NOT NULL,
    verification_url TEXT COLLATE "C" NOT NULL,
    direct_verification_url TEXT COLLATE "C",
    -- Shortest time between two polls, in milliseconds; and before when nobody may poll.
    interval_millis BIGINT NOT NULL CHECK (interval_millis > 0),
    next_poll_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id_hash)
);
CREATE INDEX device_sign_ins_expiry ON device_sign_ins (expires_at);
CREATE INDEX device_sign_ins_user ON device_sign_ins (user_id) WHERE user_id IS NOT NULL;

-- A session belongs to a browser, told by its own words, or is an API token that the user has given a name; a token does
-- not end by itself.
ALTER TABLE sessions ADD COLUMN client TEXT COLLATE "C";
ALTER TABLE sessions ADD COLUMN name TEXT COLLATE "C";

-- An account that was disconnected: nobody's any more, and deleted bit by bit.
ALTER TABLE users ADD COLUMN left_at BIGINT;
CREATE INDEX users_left ON users (left_at) WHERE left_at IS NOT NULL;

-- Holds all that is asked of the torrents on their way. Without the fingerprint in it the database took another index, and
-- looked at every entry of the account.
DROP INDEX files_active;
CREATE INDEX files_active ON files (user_id, real_debrid_id, fingerprint, status) WHERE
    status IN ('magnet_conversion', 'waiting_files_selection', 'queued', 'downloading', 'compressing', 'uploading');

-- Nobody meets the rows of others, the owner of the tables included.
ALTER TABLE device_sign_ins ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_sign_ins FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON device_sign_ins USING ((SELECT dmm_account()) = 0);
