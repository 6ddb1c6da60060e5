-- $1 id, $2 milliseconds without a sign of life after which it is over.
INSERT INTO {schema}.queue_session (id, session_ms) VALUES ($1, $2)
