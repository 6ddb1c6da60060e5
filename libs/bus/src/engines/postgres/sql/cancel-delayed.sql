-- $1 id. No row: it does not wait.
DELETE FROM {schema}.delayed_message WHERE id = $1 RETURNING 1
