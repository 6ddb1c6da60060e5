-- Notes that an event that is set aside failed again.
-- $1 name, $2 version, $3 partition, $4 offset, $5 failure, $6 attempts, $7 milliseconds until the next one, or null.
UPDATE {schema}.projection_parked
SET failure = $5, attempts = $6, next_at = coalesce({schema}.now() + $7::float8 * interval '1 millisecond', 'infinity')
WHERE name = $1 AND version = $2 AND partition = $3 AND "offset" = $4
