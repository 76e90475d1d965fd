-- The PostgreSQL dialect of ../sqlite/0002_groups.sql.

-- Where a thread is no message (a topic): the card's own message.
ALTER TABLE threads ADD COLUMN card text NOT NULL DEFAULT '';
CREATE INDEX threads_card ON threads (desk, place, card) WHERE card <> '';

-- When the platform took a part: what a watermark ("everything up to then was read") is compared with.
ALTER TABLE parts ADD COLUMN sent_at timestamptz;

-- As the customer gave it: nobody has verified it.
ALTER TABLE contacts ADD COLUMN email text NOT NULL DEFAULT '';

-- Our names of groups, and which chat each is on the platform; `board`: where its overview stands.
CREATE TABLE group_chats (
    desk     text NOT NULL,
    place    text NOT NULL,
    chat     text NOT NULL,
    title    text NOT NULL DEFAULT '',
    board    text NOT NULL DEFAULT '',
    bound_at timestamptz NOT NULL,
    PRIMARY KEY (desk, place),
    UNIQUE (desk, chat)
);

CREATE TABLE group_codes (
    code_hash  text PRIMARY KEY,
    desk       text NOT NULL,
    place      text NOT NULL,
    expires_at timestamptz NOT NULL
);
