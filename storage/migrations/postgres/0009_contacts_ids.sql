-- Contacts are made by the batch: their ids are handed out beforehand, as those of tickets are.
CREATE SEQUENCE contacts_ids;
SELECT setval('contacts_ids', COALESCE(max(id), 0) + 1, false) FROM contacts;
