-- The PostgreSQL dialect of ../sqlite/0015_bulletins.sql.

-- Since when a customer waits for a person, and what they were promised: read in order, queue by queue.
ALTER TABLE tickets ADD COLUMN waiting_since timestamptz;
ALTER TABLE tickets ADD COLUMN promised_at timestamptz;
UPDATE tickets SET waiting_since = (SELECT min((c.spans::json -> 0 ->> 0)::timestamptz) FROM clocks c
    WHERE c.ticket_id = tickets.id AND c.kind IN ('first_reply', 'next_reply') AND c.state <> 'stopped')
    WHERE status <> 'closed';
CREATE INDEX tickets_waiting ON tickets (queue, waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX tickets_promised ON tickets (queue, promised_at, id) WHERE promised_at IS NOT NULL;
