-- Notes what stands in the way of a partition. $1 name, $2 version, $3 partition, $4 generation, $5 failure.
UPDATE {schema}.projection_cursor
SET failure = $5, failed_at = coalesce(failed_at, {schema}.now())
WHERE name = $1 AND version = $2 AND partition = $3 AND generation = $4
