-- Version 2. Tools that passed the gate and that their agent does not show, as those of agents inside tools and those that
-- code calls; and tools that ask by themselves besides what policy has the gate ask.
CREATE TABLE seen_tools (
    project TEXT NOT NULL,
    agent TEXT NOT NULL,
    tool TEXT NOT NULL,
    asks_too INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (project, agent, tool)
) WITHOUT ROWID;
