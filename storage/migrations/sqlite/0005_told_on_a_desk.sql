-- A notice is told on one desk. What waited from before was for Slack, the only one that told anything.
UPDATE jobs SET payload = json_set(payload, '$.desk', 'slack')
    WHERE kind = 'tell_person' AND json_extract(payload, '$.desk') IS NULL;
