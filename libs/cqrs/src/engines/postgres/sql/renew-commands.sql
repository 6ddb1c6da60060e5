-- Prolongs the hold on commands in hand. $1 ids, $2 attempts, $3 milliseconds.
UPDATE {schema}.scheduled_command AS command
SET ready_at = {schema}.now() + $3::float8 * interval '1 millisecond'
FROM unnest($1::text[], $2::int[]) AS held (id, attempt)
WHERE command.id = held.id AND command.attempts = held.attempt AND command.failure IS NULL
