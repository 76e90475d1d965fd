-- What is due, and what is to be counted again after the policy changed, is read from an index alone.
DROP INDEX clocks_next;
CREATE INDEX clocks_next ON clocks (next_at, ticket_id) WHERE next_at IS NOT NULL;
CREATE INDEX clocks_counted ON clocks (ticket_id) WHERE state <> 'stopped' AND target IS NOT NULL;
