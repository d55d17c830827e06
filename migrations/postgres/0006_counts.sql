-- How many entries an account has, so that a page of a large library need not count them. Kept by the database itself:
-- no statement can forget it.
CREATE TABLE file_counts (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('torrent', 'download')),
    files BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind)
);
INSERT INTO file_counts (user_id, kind, files) SELECT user_id, kind, count(*) FROM files GROUP BY user_id, kind;

-- A batch counts once.
CREATE FUNCTION files_counted_in() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO file_counts (user_id, kind, files) SELECT user_id, kind, count(*) FROM added GROUP BY user_id, kind
    ON CONFLICT (user_id, kind) DO UPDATE SET files = file_counts.files + excluded.files;
    RETURN NULL;
END $$;
CREATE TRIGGER files_counted_in AFTER INSERT ON files REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION files_counted_in();

CREATE FUNCTION files_counted_out() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE file_counts c SET files = c.files - d.files
    FROM (SELECT user_id, kind, count(*) AS files FROM deleted GROUP BY user_id, kind) d
    WHERE c.user_id = d.user_id AND c.kind = d.kind;
    RETURN NULL;
END $$;
CREATE TRIGGER files_counted_out AFTER DELETE ON files REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION files_counted_out();

CREATE FUNCTION files_counted_anew() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE file_counts SET files = files - 1 WHERE user_id = OLD.user_id AND kind = OLD.kind;
    INSERT INTO file_counts (user_id, kind, files) VALUES (NEW.user_id, NEW.kind, 1)
    ON CONFLICT (user_id, kind) DO UPDATE SET files = file_counts.files + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER files_counted_anew AFTER UPDATE OF user_id, kind ON files
    FOR EACH ROW WHEN (OLD.kind <> NEW.kind OR OLD.user_id <> NEW.user_id) EXECUTE FUNCTION files_counted_anew();

-- Nobody meets the rows of others, the owner of the tables included.
ALTER TABLE file_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE file_counts FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON file_counts USING ((SELECT dmm_account()) IN (0, user_id));
