-- Who works for an account, where several servers share a database: one row a task. It stays when nobody does, for its
-- number, which rises with every taking: what was taken under an older number is not done any more.
CREATE TABLE leases (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    task TEXT COLLATE "C" NOT NULL CHECK (task IN ('run', 'contents', 'renewal')),
    number BIGINT NOT NULL,
    -- A name that a server gives itself; none when nobody works.
    holder TEXT COLLATE "C",
    -- Rises for as long as the holder lives. By it, and by no clock, others see that it does.
    beat BIGINT NOT NULL DEFAULT 0,
    -- What is to be shown of the work meanwhile, as JSON.
    shown TEXT COLLATE "C",
    -- The run that is to be cancelled.
    cancelled BIGINT,
    PRIMARY KEY (user_id, task)
);

-- The servers that are up, each with a number that rises for as long as it is.
CREATE TABLE replicas (
    name TEXT COLLATE "C" NOT NULL,
    beat BIGINT NOT NULL,
    PRIMARY KEY (name)
);

-- Nobody meets the rows of others, the owner of the tables included.
ALTER TABLE leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE leases FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON leases USING ((SELECT dmm_account()) IN (0, user_id));

-- They are nobody's.
ALTER TABLE replicas ENABLE ROW LEVEL SECURITY;
ALTER TABLE replicas FORCE ROW LEVEL SECURITY;
CREATE POLICY of_account ON replicas USING ((SELECT dmm_account()) = 0);
