-- $1 queue, $2 session, $3 tag, $4 priority, $5 prefetch, $6 exclusive.
WITH used AS (UPDATE {schema}.queue SET had_consumer = true, used_at = {schema}.now() WHERE id = $1)
INSERT INTO {schema}.queue_consumer (queue, session, tag, priority, prefetch, exclusive)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
