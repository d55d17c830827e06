-- Where everything here was moved from. A move that was not finished says so, so that nobody takes half a library for a
-- whole one.
CREATE TABLE moves (
    id BIGINT NOT NULL CHECK (id = 1),
    source TEXT COLLATE "C" NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (id)
);

-- It is nobody's.
ALTER TABLE moves ENABLE ROW LEVEL SECURITY;
ALTER TABLE moves FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON moves USING ((SELECT dmm_account()) = 0);

-- An index of PostgreSQL takes no name of any length; the same number as in src/store/name.rs.
UPDATE files SET search_name = substr(search_name, 1, 600) WHERE length(search_name) > 600;
-- Nor a link of any length, which is known by its hash from here on; what was deleted before comes back by its id only.
UPDATE tombstones SET identity = NULL WHERE length(identity) > 600;
