-- A word sealed with the key of the first server that shares this database, on which every other tries its own.
CREATE TABLE vault (
    id BIGINT NOT NULL CHECK (id = 1),
    proof BLOB NOT NULL,
    PRIMARY KEY (id)
);
