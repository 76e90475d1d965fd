-- A visitor of a site's chat: a browser, or all browsers of one user of the shop. `last_seq` numbers their log.
CREATE TABLE visitors (
    inbox         TEXT NOT NULL,
    visitor       TEXT NOT NULL,
    user_ref      TEXT,
    last_seq      INTEGER NOT NULL DEFAULT 0,
    last_agent    INTEGER NOT NULL DEFAULT 0,
    delivered     INTEGER NOT NULL DEFAULT 0,
    seen          INTEGER NOT NULL DEFAULT 0,
    team_read     INTEGER NOT NULL DEFAULT 0,
    language      TEXT,
    reachable     INTEGER NOT NULL DEFAULT 0,
    present_until TEXT NOT NULL,
    told_left     INTEGER NOT NULL DEFAULT 0,
    active_at     TEXT NOT NULL,
    PRIMARY KEY (inbox, visitor)
) WITHOUT ROWID;
CREATE UNIQUE INDEX visitors_user ON visitors (inbox, user_ref) WHERE user_ref IS NOT NULL;
CREATE INDEX visitors_active ON visitors (active_at);
-- Whom the team's words wait for, and who has not been said to be gone.
CREATE INDEX visitors_awaited ON visitors (present_until) WHERE NOT told_left AND last_agent > seen;

-- What a visitor sees: erasable, and thrown away when they have been silent for long. The ticket has its own copy.
CREATE TABLE chat_log (
    inbox   TEXT NOT NULL,
    visitor TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    ref     TEXT NOT NULL,
    kind    TEXT NOT NULL,
    body    TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (inbox, visitor, seq),
    UNIQUE (inbox, visitor, ref),
    FOREIGN KEY (inbox, visitor) REFERENCES visitors (inbox, visitor) ON DELETE CASCADE
) WITHOUT ROWID;
