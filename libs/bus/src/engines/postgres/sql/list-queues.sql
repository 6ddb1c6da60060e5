-- All queues with their lanes by priority; of a name if $1 is not null.
SELECT q.id, q.name, q.config::text, q.owner::text, q.expires, array_agg(l.id::bigint ORDER BY l.priority)
FROM {schema}.queue q JOIN {schema}.queue_lane l ON l.queue = q.id
WHERE q.name = $1 OR $1::text IS NULL GROUP BY q.id
