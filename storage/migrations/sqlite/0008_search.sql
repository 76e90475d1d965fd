-- Lists in their order, each from an index of its own; `warned`: a clock has warned and still runs, for lists.
ALTER TABLE tickets ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;
UPDATE tickets SET warned = 1 WHERE status <> 'closed' AND EXISTS (SELECT 1 FROM clocks c
    WHERE c.ticket_id = tickets.id AND c.state = 'running' AND c.due_at IS NOT NULL AND c.fired <> '[]');
DROP INDEX tickets_queue;
DROP INDEX tickets_assignee;
DROP INDEX tickets_due;
CREATE INDEX tickets_open ON tickets
    (queue, (due_at IS NULL), due_at, COALESCE(last_customer_at, opened_at) DESC, id DESC)
    WHERE status <> 'closed';
CREATE INDEX tickets_unassigned ON tickets
    (queue, (due_at IS NULL), due_at, COALESCE(last_customer_at, opened_at) DESC, id DESC)
    WHERE status <> 'closed' AND assignee_id IS NULL;
CREATE INDEX tickets_breaching ON tickets
    (queue, (due_at IS NULL), due_at, COALESCE(last_customer_at, opened_at) DESC, id DESC)
    WHERE status <> 'closed' AND warned AND due_at IS NOT NULL;
CREATE INDEX tickets_mine ON tickets
    (assignee_id, queue, (due_at IS NULL), due_at, COALESCE(last_customer_at, opened_at) DESC, id DESC)
    WHERE status <> 'closed' AND assignee_id IS NOT NULL;
CREATE INDEX tickets_closed ON tickets
    (queue, COALESCE(closed_at, last_customer_at, opened_at) DESC, id DESC)
    WHERE status = 'closed';

-- Search: who a customer is, by what can be typed of them.
CREATE INDEX identities_phone_end ON identities (substr(value, length(value) - 6)) WHERE kind = 'phone';
CREATE INDEX contacts_email ON contacts (lower(email)) WHERE email <> '';

-- Search: one document a ticket (rowid), of the tokens of everything said in it (core/search.py). They are letters and
-- digits, and whatever is not ASCII is part of a token. Written by a worker.
CREATE VIRTUAL TABLE search_docs USING fts5 (tokens, detail = none, columnsize = 0, tokenize = 'ascii');

-- Tickets whose document is no longer true. Not of new messages: these are known by their ids.
CREATE TABLE search_dirty (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id INTEGER NOT NULL
);

CREATE TRIGGER search_message_changed AFTER UPDATE OF text, deleted_at, ticket_id ON messages
    WHEN NEW.text IS NOT OLD.text OR NEW.deleted_at IS NOT OLD.deleted_at OR NEW.ticket_id IS NOT OLD.ticket_id
BEGIN
    INSERT INTO search_dirty (ticket_id) VALUES (OLD.ticket_id), (NEW.ticket_id);
END;
CREATE TRIGGER search_message_gone AFTER DELETE ON messages
BEGIN
    DELETE FROM search_docs WHERE rowid = OLD.ticket_id;
    INSERT INTO search_dirty (ticket_id) VALUES (OLD.ticket_id);
END;
CREATE TRIGGER search_ticket_changed AFTER UPDATE OF queue, tags, contact_id ON tickets
    WHEN NEW.queue IS NOT OLD.queue OR NEW.tags IS NOT OLD.tags OR NEW.contact_id IS NOT OLD.contact_id
BEGIN
    INSERT INTO search_dirty (ticket_id) VALUES (NEW.id);
END;
CREATE TRIGGER search_ticket_gone AFTER DELETE ON tickets
BEGIN
    DELETE FROM search_docs WHERE rowid = OLD.id;
END;
CREATE TRIGGER search_contact_changed AFTER UPDATE OF name, company, email ON contacts
    WHEN NEW.name IS NOT OLD.name OR NEW.company IS NOT OLD.company OR NEW.email IS NOT OLD.email
BEGIN
    INSERT INTO search_dirty (ticket_id) SELECT id FROM tickets WHERE contact_id = NEW.id;
END;
