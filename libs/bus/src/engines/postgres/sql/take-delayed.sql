-- Takes out $1 messages that are due; those that another takes just now are left to it.
DELETE FROM {schema}.delayed_message WHERE id IN (
  SELECT id FROM {schema}.delayed_message WHERE due_at <= {schema}.now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING id, envelope, body, due_at
