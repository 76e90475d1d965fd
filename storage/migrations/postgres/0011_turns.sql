-- Whose turn it is: the first of each bucket is found without looking at all that wait behind it.
CREATE INDEX jobs_turn ON jobs (bucket, urgency, id, not_before) WHERE state = 'waiting';
