-- The keys that are still there. $1 ids.
SELECT id, bytes FROM {schema}.data_key WHERE id = ANY ($1)
