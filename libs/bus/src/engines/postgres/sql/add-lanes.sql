-- One lane for each priority of queue $1, up to $2.
INSERT INTO {schema}.queue_lane (queue, priority) SELECT $1, p FROM generate_series(0, $2::int) p ORDER BY p
RETURNING id
