-- The requests of each account in the last minute and what refusals have taught, where several servers share them: a text
-- of the pacer's own.
CREATE TABLE paces (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    PRIMARY KEY (user_id)
) WITHOUT ROWID;

-- The clock of the database, in milliseconds since 1970. As a table, so that it is asked in the same words everywhere.
CREATE VIEW database_clock AS
    SELECT CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS BIGINT) AS millis;
