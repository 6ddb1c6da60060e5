-- The keys that are parked in some partitions. $1 name, $2 version, $3 partitions.
SELECT DISTINCT key FROM {schema}.projection_parked
WHERE name = $1 AND version = $2 AND partition = ANY ($3::smallint[]) AND NOT skipped
