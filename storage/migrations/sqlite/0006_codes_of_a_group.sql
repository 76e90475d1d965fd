-- A code that was typed in a group can be read there: it is worth nothing in any other. Empty: nobody has typed it yet.
ALTER TABLE group_codes ADD COLUMN chat TEXT NOT NULL DEFAULT '';
