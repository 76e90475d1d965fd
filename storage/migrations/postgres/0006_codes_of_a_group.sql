-- The PostgreSQL dialect of ../sqlite/0006_codes_of_a_group.sql.
ALTER TABLE group_codes ADD COLUMN chat text NOT NULL DEFAULT '';
