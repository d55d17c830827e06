-- How many entries an account has, so that a page of a large library need not count them. Kept by the database itself:
-- no statement can forget it.
CREATE TABLE file_counts (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('torrent', 'download')),
    files BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind)
);
INSERT INTO file_counts (user_id, kind, files) SELECT user_id, kind, count(*) FROM files GROUP BY user_id, kind;

CREATE TRIGGER files_counted_in AFTER INSERT ON files
BEGIN
    INSERT INTO file_counts (user_id, kind, files) VALUES (NEW.user_id, NEW.kind, 1)
    ON CONFLICT (user_id, kind) DO UPDATE SET files = files + 1;
END;

CREATE TRIGGER files_counted_out AFTER DELETE ON files
BEGIN
    UPDATE file_counts SET files = files - 1 WHERE user_id = OLD.user_id AND kind = OLD.kind;
END;

CREATE TRIGGER files_counted_anew AFTER UPDATE OF user_id, kind ON files
WHEN OLD.kind <> NEW.kind OR OLD.user_id <> NEW.user_id
BEGIN
    UPDATE file_counts SET files = files - 1 WHERE user_id = OLD.user_id AND kind = OLD.kind;
    INSERT INTO file_counts (user_id, kind, files) VALUES (NEW.user_id, NEW.kind, 1)
    ON CONFLICT (user_id, kind) DO UPDATE SET files = files + 1;
END;
