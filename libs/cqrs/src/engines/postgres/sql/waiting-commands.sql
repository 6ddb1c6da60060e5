-- What waits, or failed for good. $1 how many at the most.
SELECT id, name, fields::text, metadata::text, due_at, attempts, failure, ready_at = 'infinity'
FROM {schema}.scheduled_command ORDER BY due_at, id LIMIT $1
