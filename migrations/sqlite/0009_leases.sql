-- Who works for an account, where several servers share a database: one row a task. It stays when nobody does, for its
-- number, which rises with every taking: what was taken under an older number is not done any more.
CREATE TABLE leases (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    task TEXT NOT NULL CHECK (task IN ('run', 'contents', 'renewal')),
    number BIGINT NOT NULL,
    -- A name that a server gives itself; none when nobody works.
    holder TEXT,
    -- Rises for as long as the holder lives. By it, and by no clock, others see that it does.
    beat BIGINT NOT NULL DEFAULT 0,
    -- What is to be shown of the work meanwhile, as JSON.
    shown TEXT,
    -- The run that is to be cancelled.
    cancelled BIGINT,
    PRIMARY KEY (user_id, task)
);

-- The servers that are up, each with a number that rises for as long as it is.
CREATE TABLE replicas (
    name TEXT NOT NULL,
    beat BIGINT NOT NULL,
    PRIMARY KEY (name)
);
