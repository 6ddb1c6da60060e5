-- Lets nobody else put messages into lanes $1.
SELECT id FROM {schema}.queue_lane WHERE id = ANY ($1::int[]) ORDER BY id FOR NO KEY UPDATE
