-- Locks the cursors that a transaction moves. Who reads the generations sees whether they are still its own.
-- $1 name, $2 version, $3 partitions, $4 milliseconds that the transaction may idle, $5 synchronous_commit.
SELECT partition, "offset", generation,
  set_config('idle_in_transaction_session_timeout', $4, true), set_config('synchronous_commit', $5, true)
FROM {schema}.projection_cursor
WHERE name = $1 AND version = $2 AND partition = ANY ($3::smallint[])
ORDER BY partition
FOR NO KEY UPDATE
