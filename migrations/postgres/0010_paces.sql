-- The requests of each account in the last minute and what refusals have taught, where several servers share them: a text
-- of the pacer's own.
CREATE TABLE paces (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id)
);

-- The clock of the database, in milliseconds since 1970. As a table, so that it is asked in the same words everywhere. It
-- tells the present and not when the transaction began, and tells it everybody.
CREATE VIEW database_clock AS
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT AS millis;
GRANT SELECT ON database_clock TO PUBLIC;

-- Nobody meets the rows of others, the owner of the tables included.
ALTER TABLE paces ENABLE ROW LEVEL SECURITY;
ALTER TABLE paces FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON paces USING ((SELECT dmm_account()) IN (0, user_id));
