-- $1 session; its consumers go with it.
DELETE FROM {schema}.queue_session WHERE id = $1
