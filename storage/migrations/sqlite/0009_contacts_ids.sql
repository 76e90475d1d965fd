-- Contacts are made by the batch: their ids are handed out beforehand, as those of tickets are.
INSERT INTO ids SELECT 'contacts', COALESCE(max(id), 0) FROM contacts;
