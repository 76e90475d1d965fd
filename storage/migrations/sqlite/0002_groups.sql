-- Where a thread is no message (a topic): the card's own message.
ALTER TABLE threads ADD COLUMN card TEXT NOT NULL DEFAULT '';
CREATE INDEX threads_card ON threads (desk, place, card) WHERE card <> '';

-- When the platform took a part: what a watermark ("everything up to then was read") is compared with.
ALTER TABLE parts ADD COLUMN sent_at TEXT;

-- As the customer gave it: nobody has verified it.
ALTER TABLE contacts ADD COLUMN email TEXT NOT NULL DEFAULT '';

-- Our names of groups, and which chat each is on the platform; `board`: where its overview stands.
CREATE TABLE group_chats (
    desk     TEXT NOT NULL,
    place    TEXT NOT NULL,
    chat     TEXT NOT NULL,
    title    TEXT NOT NULL DEFAULT '',
    board    TEXT NOT NULL DEFAULT '',
    bound_at TEXT NOT NULL,
    PRIMARY KEY (desk, place),
    UNIQUE (desk, chat)
) WITHOUT ROWID;

CREATE TABLE group_codes (
    code_hash  TEXT PRIMARY KEY,
    desk       TEXT NOT NULL,
    place      TEXT NOT NULL,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
