-- Puts cursors somewhere else and fences the present owners off. What lies behind the old place was handled before.
-- $1 name, $2 version, $3 partitions, $4 offsets.
INSERT INTO {schema}.projection_cursor AS cursor (name, version, partition, "offset", generation, replayed_to)
SELECT $1, $2, given.partition, given."offset", 1, given."offset"
FROM unnest($3::smallint[], $4::bigint[]) AS given (partition, "offset")
ORDER BY given.partition
ON CONFLICT (name, version, partition) DO UPDATE
SET "offset" = excluded."offset", generation = cursor.generation + 1, failure = NULL, failed_at = NULL,
  replayed_to = greatest(cursor.replayed_to, cursor."offset", excluded."offset")
