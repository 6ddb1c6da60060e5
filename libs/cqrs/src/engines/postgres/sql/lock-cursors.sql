-- Locks the cursors that a transaction moves, if they are still its owner's.
-- $1 name, $2 version, $3 partitions, $4 generation, $5 milliseconds that the transaction may idle, $6 synchronous_commit.
SELECT partition, "offset",
  set_config('idle_in_transaction_session_timeout', $5, true), set_config('synchronous_commit', $6, true)
FROM {schema}.projection_cursor
WHERE name = $1 AND version = $2 AND partition = ANY ($3::smallint[]) AND generation = $4
ORDER BY partition
FOR NO KEY UPDATE
