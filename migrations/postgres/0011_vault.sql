-- A word sealed with the key of the first server that shares this database, on which every other tries its own.
CREATE TABLE vault (
    id BIGINT NOT NULL CHECK (id = 1),
    proof BYTEA NOT NULL,
    PRIMARY KEY (id)
);

-- It is nobody's.
ALTER TABLE vault ENABLE ROW LEVEL SECURITY;
ALTER TABLE vault FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON vault USING ((SELECT dmm_account()) = 0);
