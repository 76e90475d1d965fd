-- Instants are UTC text in one fixed form (see storage/fields.py), so that they compare as instants.
-- Customer words live in contacts, identities, conversations, messages, parts, files, drafts and inbox only: erasable.

-- raw deliveries: durable before the ack, worked on after it
CREATE TABLE inbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    source      TEXT NOT NULL,
    key         TEXT NOT NULL,
    body        BLOB NOT NULL,
    headers     TEXT NOT NULL DEFAULT '{}',
    at          TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'waiting',   -- waiting, leased, done, parked
    attempts    INTEGER NOT NULL DEFAULT 0,
    lease_until TEXT,
    error       TEXT NOT NULL DEFAULT '',
    done_at     TEXT,
    UNIQUE (source, key)
);
CREATE INDEX inbox_open ON inbox (state, id) WHERE state IN ('waiting', 'leased', 'parked');

-- what has had its effect: (inbox, event kind, external id, variant) of customers' events, once-keys of commands
CREATE TABLE once (
    key TEXT PRIMARY KEY,
    at  TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX once_at ON once (at);

-- ids handed out by the store: tickets, messages, files
CREATE TABLE ids (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO ids VALUES ('tickets', 0), ('messages', 0), ('files', 0);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- the team
CREATE TABLE people (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL,
    public_name TEXT NOT NULL DEFAULT '',
    email       TEXT NOT NULL DEFAULT '',
    role        TEXT NOT NULL DEFAULT 'agent',
    locale      TEXT NOT NULL DEFAULT 'en',
    zone        TEXT,
    away        INTEGER NOT NULL DEFAULT 0,
    active      INTEGER NOT NULL DEFAULT 1,
    created_at  TEXT NOT NULL
);
CREATE UNIQUE INDEX people_email ON people (email) WHERE email <> '';

CREATE TABLE memberships (
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    queue     TEXT NOT NULL,
    PRIMARY KEY (person_id, queue)
) WITHOUT ROWID;
CREATE INDEX memberships_queue ON memberships (queue);

CREATE TABLE person_identities (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL,
    scope     TEXT NOT NULL,
    value     TEXT NOT NULL,
    UNIQUE (kind, scope, value)
);
CREATE INDEX person_identities_person ON person_identities (person_id);

CREATE TABLE invites (
    code_hash  TEXT PRIMARY KEY,
    person_id  INTEGER REFERENCES people (id) ON DELETE CASCADE,   -- the row it joins to, made by the admin
    expires_at TEXT NOT NULL,
    used_at    TEXT
) WITHOUT ROWID;
CREATE INDEX invites_person ON invites (person_id);

CREATE TABLE logins (
    token_hash TEXT PRIMARY KEY,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    expires_at TEXT NOT NULL,
    used_at    TEXT
) WITHOUT ROWID;
CREATE INDEX logins_person ON logins (person_id);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    csrf       TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_person ON sessions (person_id);

CREATE TABLE notices (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    ticket_id INTEGER,
    say       TEXT NOT NULL,
    at        TEXT NOT NULL,
    seen_at   TEXT
);
CREATE INDEX notices_person ON notices (person_id, id);

-- customers
CREATE TABLE accounts (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    name   TEXT NOT NULL,
    domain TEXT NOT NULL DEFAULT ''
);

CREATE TABLE contacts (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL DEFAULT '',
    company      TEXT NOT NULL DEFAULT '',
    account_id   INTEGER REFERENCES accounts (id),
    tier         TEXT NOT NULL DEFAULT 'standard',
    language     TEXT,
    country      TEXT,
    zone         TEXT,
    zone_assumed INTEGER NOT NULL DEFAULT 1,
    blocked      INTEGER NOT NULL DEFAULT 0,
    merged_into  INTEGER REFERENCES contacts (id),
    created_at   TEXT NOT NULL
);
CREATE INDEX contacts_account ON contacts (account_id);
CREATE INDEX contacts_merged ON contacts (merged_into);
CREATE INDEX contacts_name ON contacts (lower(name));

CREATE TABLE identities (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    scope      TEXT NOT NULL,
    value      TEXT NOT NULL,
    UNIQUE (kind, scope, value)
);
CREATE INDEX identities_contact ON identities (contact_id);
CREATE INDEX identities_value ON identities (value);

CREATE TABLE conversations (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    inbox      TEXT NOT NULL,
    key        TEXT NOT NULL,
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    ticket_id  INTEGER,                                     -- the current ticket; compare-and-set
    address    TEXT NOT NULL DEFAULT '',
    UNIQUE (inbox, key)
);
CREATE INDEX conversations_contact ON conversations (contact_id);

-- tickets
CREATE TABLE tickets (
    id               INTEGER PRIMARY KEY,
    version          INTEGER NOT NULL,
    queue            TEXT NOT NULL,
    inbox            TEXT NOT NULL,
    channel          TEXT NOT NULL,
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    contact_id       INTEGER NOT NULL REFERENCES contacts (id),
    status           TEXT NOT NULL,
    priority         TEXT NOT NULL,
    tier             TEXT NOT NULL,
    language         TEXT,
    country          TEXT,
    assignee_id      INTEGER REFERENCES people (id),
    assigned_at      TEXT,
    tags             TEXT NOT NULL DEFAULT '[]',
    mode             TEXT NOT NULL DEFAULT 'explicit',
    level            INTEGER NOT NULL DEFAULT 0,
    acked_by         INTEGER REFERENCES people (id),
    opened_at        TEXT NOT NULL,
    closed_at        TEXT,
    close_code       TEXT NOT NULL DEFAULT '',
    snoozed_until    TEXT,
    previous_id      INTEGER,
    entries          INTEGER NOT NULL DEFAULT 0,
    last_customer_id INTEGER,
    last_customer_at TEXT,
    last_received_at TEXT,
    last_reply_at    TEXT,
    last_reply_by    INTEGER,
    in_flight        TEXT NOT NULL DEFAULT '[]',
    due_at           TEXT                                   -- the nearest running reply deadline, for lists
);
CREATE INDEX tickets_queue ON tickets (queue, status, due_at);
CREATE INDEX tickets_assignee ON tickets (assignee_id, status);
CREATE INDEX tickets_acked ON tickets (acked_by) WHERE acked_by IS NOT NULL;
CREATE INDEX tickets_contact ON tickets (contact_id, id);
CREATE INDEX tickets_conversation ON tickets (conversation_id);
CREATE INDEX tickets_due ON tickets (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE ticket_tags (
    tag       TEXT NOT NULL,
    ticket_id INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, ticket_id)
) WITHOUT ROWID;
CREATE INDEX ticket_tags_ticket ON ticket_tags (ticket_id);

CREATE TABLE clocks (
    ticket_id INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL,
    cycle     INTEGER NOT NULL,
    seq       INTEGER NOT NULL,                             -- its place among the ticket's clocks
    state     TEXT NOT NULL,
    spans     TEXT NOT NULL,
    target    INTEGER,                                      -- business seconds
    due_at    TEXT,
    fired     TEXT NOT NULL DEFAULT '[]',
    next_at   TEXT,
    PRIMARY KEY (ticket_id, kind, cycle)
) WITHOUT ROWID;
CREATE INDEX clocks_next ON clocks (next_at) WHERE next_at IS NOT NULL;

-- what was written
CREATE TABLE messages (
    id              INTEGER PRIMARY KEY,
    ticket_id       INTEGER NOT NULL REFERENCES tickets (id),
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    inbox           TEXT NOT NULL,
    kind            TEXT NOT NULL,
    text            TEXT NOT NULL,
    about           TEXT,
    at              TEXT NOT NULL,
    person_id       INTEGER REFERENCES people (id),
    external        TEXT,
    edited_at       TEXT,
    deleted_at      TEXT,
    reaction        TEXT NOT NULL DEFAULT '',
    reply_to        INTEGER
);
CREATE INDEX messages_ticket ON messages (ticket_id, id);
CREATE INDEX messages_conversation ON messages (conversation_id);
CREATE INDEX messages_person ON messages (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX messages_external ON messages (inbox, external) WHERE external IS NOT NULL;

CREATE TABLE parts (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    inbox      TEXT NOT NULL,
    text       TEXT NOT NULL DEFAULT '',
    file_id    INTEGER,
    state      TEXT NOT NULL,
    external   TEXT,
    code       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (message_id, seq)
) WITHOUT ROWID;
CREATE INDEX parts_external ON parts (inbox, external) WHERE external IS NOT NULL;

-- delivery reports that came before the answer to the send
CREATE TABLE early_reports (
    inbox    TEXT NOT NULL,
    external TEXT NOT NULL,
    state    TEXT NOT NULL,
    code     TEXT NOT NULL DEFAULT '',
    at       TEXT NOT NULL,
    PRIMARY KEY (inbox, external, state)
) WITHOUT ROWID;

CREATE TABLE files (
    id         INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    mime       TEXT NOT NULL,
    size       INTEGER,
    state      TEXT NOT NULL,
    source     TEXT NOT NULL DEFAULT '',
    blob       TEXT NOT NULL DEFAULT '',
    reason     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX files_message ON files (message_id);

CREATE TABLE drafts (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    person_id INTEGER NOT NULL REFERENCES people (id),
    text      TEXT NOT NULL,
    files     TEXT NOT NULL DEFAULT '[]',
    desk      TEXT,
    place     TEXT,
    post      TEXT,
    at        TEXT NOT NULL
);
CREATE INDEX drafts_ticket ON drafts (ticket_id);
CREATE INDEX drafts_person ON drafts (person_id);

-- the thread of a ticket, and where it stands on each desk
CREATE TABLE entries (
    ticket_id  INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    rev        INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    at         TEXT NOT NULL,
    message_id INTEGER REFERENCES messages (id),
    say        TEXT,
    by_id      INTEGER,
    mention_id INTEGER,
    desk       TEXT,                                        -- where it was typed
    place      TEXT,
    post       TEXT,
    PRIMARY KEY (ticket_id, seq)
) WITHOUT ROWID;
CREATE INDEX entries_rev ON entries (ticket_id, rev);
CREATE INDEX entries_message ON entries (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX entries_origin ON entries (desk, place, post) WHERE post IS NOT NULL;

CREATE TABLE threads (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    desk      TEXT NOT NULL,
    place     TEXT NOT NULL,
    root      TEXT NOT NULL,
    current   INTEGER NOT NULL DEFAULT 1,
    posted    INTEGER NOT NULL DEFAULT 0,
    UNIQUE (desk, place, root)
);
CREATE INDEX threads_ticket ON threads (ticket_id, desk);
CREATE UNIQUE INDEX threads_current ON threads (ticket_id, desk) WHERE current;

CREATE TABLE posts (
    thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    seq       INTEGER NOT NULL,
    ticket_id INTEGER NOT NULL,
    desk      TEXT NOT NULL,
    place     TEXT NOT NULL,
    post      TEXT NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (thread_id, seq)
) WITHOUT ROWID;
CREATE INDEX posts_ref ON posts (desk, place, post);
CREATE INDEX posts_ticket ON posts (ticket_id, desk, seq);

-- history: ids, codes and numbers, append-only, with what reports need beside it
CREATE TABLE facts (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    data      TEXT NOT NULL,
    at        TEXT NOT NULL,
    by_id     INTEGER,
    queue     TEXT NOT NULL,
    channel   TEXT NOT NULL,
    tier      TEXT NOT NULL,
    language  TEXT,
    country   TEXT
);
CREATE INDEX facts_ticket ON facts (ticket_id, id);
CREATE INDEX facts_kind ON facts (kind, at);

-- outside work owed
CREATE TABLE jobs (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    payload     TEXT NOT NULL,
    lane        TEXT NOT NULL,
    bucket      TEXT NOT NULL,
    urgency     INTEGER NOT NULL,
    key         TEXT NOT NULL,
    ticket_id   INTEGER,
    state       TEXT NOT NULL DEFAULT 'waiting',
    not_before  TEXT NOT NULL,
    attempt     INTEGER NOT NULL DEFAULT 0,                 -- how often it was taken up
    failures    INTEGER NOT NULL DEFAULT 0,                 -- how often it failed since it last got on
    lease_until TEXT,
    uncertain   INTEGER NOT NULL DEFAULT 0,
    code        TEXT NOT NULL DEFAULT '',
    created_at  TEXT NOT NULL,
    done_at     TEXT
);
CREATE UNIQUE INDEX jobs_waiting_key ON jobs (key) WHERE state = 'waiting' AND key <> '';
CREATE INDEX jobs_lane ON jobs (lane, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX jobs_due ON jobs (not_before) WHERE state = 'waiting';
CREATE INDEX jobs_sending ON jobs (lease_until) WHERE state = 'sending';
CREATE INDEX jobs_trouble ON jobs (state, id) WHERE state IN ('parked', 'uncertain');
CREATE INDEX jobs_ticket ON jobs (ticket_id);
