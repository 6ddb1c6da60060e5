-- Takes commands that are due, for some time. $1 names, $2 how many at the most, $3 milliseconds.
UPDATE {schema}.scheduled_command AS command
SET ready_at = {schema}.now() + $3::float8 * interval '1 millisecond', attempts = attempts + 1, failure = NULL
FROM (
  SELECT id FROM {schema}.scheduled_command waiting
  WHERE ready_at <= {schema}.now() AND name = ANY ($1::text[]) AND NOT (in_turn AND EXISTS (
    SELECT FROM {schema}.scheduled_command earlier
    WHERE earlier.name = waiting.name AND earlier.fields IS NULL AND earlier.due_at < waiting.due_at
      AND earlier.ready_at < 'infinity'
  ))
  ORDER BY ready_at LIMIT $2 FOR UPDATE SKIP LOCKED
) due
WHERE command.id = due.id
RETURNING command.id, command.name, command.fields::text, command.metadata::text, command.due_at, command.attempts
