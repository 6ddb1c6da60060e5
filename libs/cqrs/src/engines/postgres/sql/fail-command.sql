-- Notes that a command failed. $1 id, $2 attempt, $3 failure, $4 milliseconds until the next one, or null.
UPDATE {schema}.scheduled_command
SET failure = $3, ready_at = coalesce({schema}.now() + $4::float8 * interval '1 millisecond', 'infinity')
WHERE id = $1 AND attempts = $2
