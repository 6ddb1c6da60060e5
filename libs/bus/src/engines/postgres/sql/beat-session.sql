-- A sign of life of session $1. No row: it is over.
UPDATE {schema}.queue_session SET seen_at = {schema}.now()
WHERE id = $1 AND seen_at + session_ms * interval '1 millisecond' > {schema}.now() RETURNING 1
