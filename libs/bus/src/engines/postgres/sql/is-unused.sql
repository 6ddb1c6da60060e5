-- Whether queue $1 is to go.
SELECT {schema}.queue_is_unused(q) FROM {schema}.queue q WHERE q.id = $1
