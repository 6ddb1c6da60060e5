-- Ends sessions that gave no sign of life.
DELETE FROM {schema}.queue_session WHERE seen_at + session_ms * interval '1 millisecond' <= {schema}.now() RETURNING id::text
