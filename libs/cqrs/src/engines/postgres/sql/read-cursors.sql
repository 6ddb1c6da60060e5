-- Where a projection stands. $1 name, $2 version.
SELECT partition, "offset", failure, failed_at
FROM {schema}.projection_cursor
WHERE name = $1 AND version = $2
ORDER BY partition
