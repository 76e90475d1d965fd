-- Whose hours a ticket's deadlines count in, what set off an alarm, and who is asked inside.
ALTER TABLE tickets ADD COLUMN zone TEXT;
ALTER TABLE tickets ADD COLUMN triggers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tickets ADD COLUMN consulted TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN consulted_by INTEGER;
UPDATE tickets SET zone = (SELECT zone FROM contacts WHERE contacts.id = tickets.contact_id) WHERE status <> 'closed';
CREATE INDEX tickets_consulted ON tickets (consulted) WHERE consulted <> '';

-- What may wait for a person's morning is told in one digest then.
ALTER TABLE notices ADD COLUMN digest_at TEXT;
CREATE INDEX notices_digest ON notices (digest_at) WHERE digest_at IS NOT NULL;
