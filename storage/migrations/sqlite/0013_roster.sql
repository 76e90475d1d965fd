-- When people work, what they speak, how much they take, and who stands in for them while they are away.
ALTER TABLE people ADD COLUMN shifts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE people ADD COLUMN languages TEXT NOT NULL DEFAULT '[]';
ALTER TABLE people ADD COLUMN capacity INTEGER;
ALTER TABLE people ADD COLUMN substitute_id INTEGER REFERENCES people (id) ON DELETE SET NULL;
CREATE INDEX people_substitute ON people (substitute_id) WHERE substitute_id IS NOT NULL;
ALTER TABLE people ADD COLUMN away_since TEXT;
ALTER TABLE people ADD COLUMN away_until TEXT;

-- Who is on call in place of whom the rotation names.
CREATE TABLE stands (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    queue     TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    since     TEXT NOT NULL,
    until     TEXT NOT NULL
);
CREATE INDEX stands_person ON stands (person_id);
