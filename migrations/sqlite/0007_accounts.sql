-- When the access token was issued, and when Real-Debrid said that it will issue no other.
ALTER TABLE oauth_tokens ADD COLUMN renewed_at BIGINT;
ALTER TABLE oauth_tokens ADD COLUMN refused_at BIGINT;

-- Sign-ins by device that wait for their user.
CREATE TABLE device_sign_ins (
    -- SHA-256 of the id, which opens the session and so is known to the caller only.
    id_hash BLOB NOT NULL CHECK (length(id_hash) = 32),
    sealed_device_code BLOB NOT NULL,
    user_code TEXT NOT NULL,
    verification_url TEXT NOT NULL,
    direct_verification_url TEXT,
    -- Shortest time between two polls, in milliseconds; and before when nobody may poll.
    interval_millis BIGINT NOT NULL CHECK (interval_millis > 0),
    next_poll_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id_hash)
);
CREATE INDEX device_sign_ins_expiry ON device_sign_ins (expires_at);

-- A session belongs to a browser, told by its own words, or is an API token that the user has given a name; a token does
-- not end by itself.
ALTER TABLE sessions ADD COLUMN client TEXT;
ALTER TABLE sessions ADD COLUMN name TEXT;

-- An account that was disconnected: nobody's any more, and deleted bit by bit.
ALTER TABLE users ADD COLUMN left_at BIGINT;
CREATE INDEX users_left ON users (left_at) WHERE left_at IS NOT NULL;
