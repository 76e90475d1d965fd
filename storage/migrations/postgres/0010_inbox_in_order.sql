-- In the order of arrival by an index that nothing else can stand in for: whatever PostgreSQL believes about how many rows
-- wait, it must not read all that are done on the way to the next.
DROP INDEX inbox_open;
CREATE INDEX inbox_open ON inbox (state, (id + 0)) WHERE state IN ('waiting', 'leased', 'parked');
