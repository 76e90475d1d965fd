-- The PostgreSQL dialect of ../sqlite/0003_site_chat.sql.

-- A visitor of a site's chat: a browser, or all browsers of one user of the shop. `last_seq` numbers their log.
CREATE TABLE visitors (
    inbox         text NOT NULL,
    visitor       text NOT NULL,
    user_ref      text,
    last_seq      bigint NOT NULL DEFAULT 0,
    last_agent    bigint NOT NULL DEFAULT 0,
    delivered     bigint NOT NULL DEFAULT 0,
    seen          bigint NOT NULL DEFAULT 0,
    team_read     bigint NOT NULL DEFAULT 0,
    language      text,
    reachable     boolean NOT NULL DEFAULT false,
    present_until timestamptz NOT NULL,
    told_left     boolean NOT NULL DEFAULT false,
    active_at     timestamptz NOT NULL,
    PRIMARY KEY (inbox, visitor)
);
CREATE UNIQUE INDEX visitors_user ON visitors (inbox, user_ref) WHERE user_ref IS NOT NULL;
CREATE INDEX visitors_active ON visitors (active_at);
-- Whom the team's words wait for, and who has not been said to be gone.
CREATE INDEX visitors_awaited ON visitors (present_until) WHERE NOT told_left AND last_agent > seen;

-- What a visitor sees: erasable, and thrown away when they have been silent for long. The ticket has its own copy.
CREATE TABLE chat_log (
    inbox   text NOT NULL,
    visitor text NOT NULL,
    seq     bigint NOT NULL,
    ref     text NOT NULL,
    kind    text NOT NULL,
    body    text NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (inbox, visitor, seq),
    UNIQUE (inbox, visitor, ref),
    FOREIGN KEY (inbox, visitor) REFERENCES visitors (inbox, visitor) ON DELETE CASCADE
);
