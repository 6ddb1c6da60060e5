-- $1 id, $2 milliseconds until it is due, $3 envelope, $4 body. No row: one of this id waits already.
INSERT INTO {schema}.delayed_message (id, due_at, envelope, body)
VALUES ($1, {schema}.now() + $2::bigint * interval '1 millisecond', $3, $4) ON CONFLICT DO NOTHING RETURNING 1
