-- $1 queue: it is in use.
UPDATE {schema}.queue SET used_at = {schema}.now() WHERE id = $1
