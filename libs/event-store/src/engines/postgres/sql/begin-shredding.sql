-- Notes that a subject is to be shredded, also once more. $1 subject.
INSERT INTO {schema}.shredding (subject, requested_at) VALUES ($1, {schema}.now())
ON CONFLICT (subject) DO UPDATE SET requested_at = excluded.requested_at, done_at = NULL
