-- The PostgreSQL dialect of ../sqlite/0005_told_on_a_desk.sql.
UPDATE jobs SET payload = jsonb_set(payload::jsonb, '{desk}', '"slack"')::text
    WHERE kind = 'tell_person' AND payload::jsonb -> 'desk' IS NULL;
