-- Makes a projection's cursors those of a new owner, waiting for the old one's open transaction.
-- $1 name, $2 version, $3 partitions, $4 generation. Fewer rows than partitions: a later owner was faster.
INSERT INTO {schema}.projection_cursor AS cursor (name, version, partition, "offset", generation)
SELECT $1, $2, partition, 0, $4
FROM generate_series(0, $3::integer - 1) AS partition
ORDER BY partition
ON CONFLICT (name, version, partition) DO UPDATE
  SET generation = excluded.generation
  WHERE cursor.generation <= excluded.generation
RETURNING partition, "offset"
