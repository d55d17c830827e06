-- Where everything here was moved from. A move that was not finished says so, so that nobody takes half a library for a
-- whole one.
CREATE TABLE moves (
    id BIGINT NOT NULL CHECK (id = 1),
    source TEXT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (id)
);

-- An index of PostgreSQL takes no name of any length; the same number as in src/store/name.rs.
UPDATE files SET search_name = substr(search_name, 1, 600) WHERE length(search_name) > 600;
-- Nor a link of any length, which is known by its hash from here on; what was deleted before comes back by its id only.
UPDATE tombstones SET identity = NULL WHERE length(identity) > 600;
