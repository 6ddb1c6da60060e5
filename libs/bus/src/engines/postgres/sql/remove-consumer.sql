-- $2 consumer of queue $1.
WITH used AS (UPDATE {schema}.queue SET used_at = {schema}.now() WHERE id = $1)
DELETE FROM {schema}.queue_consumer WHERE id = $2
