-- Whose hands a delivery or a job is in: a process's number, negative while nothing but the lease says that it lives.
ALTER TABLE inbox ADD COLUMN owner bigint NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN owner bigint NOT NULL DEFAULT 0;
