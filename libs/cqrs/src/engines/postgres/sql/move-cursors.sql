-- Moves cursors by compare-and-set, and forgets what stood in their way.
-- $1 name, $2 version, $3 partitions, $4 offsets they are at, $5 offsets to go to.
UPDATE {schema}.projection_cursor AS cursor
SET "offset" = moved.upto, failure = NULL, failed_at = NULL
FROM unnest($3::smallint[], $4::bigint[], $5::bigint[]) AS moved (partition, since, upto)
WHERE cursor.name = $1 AND cursor.version = $2 AND cursor.partition = moved.partition AND cursor."offset" = moved.since
RETURNING cursor.partition
