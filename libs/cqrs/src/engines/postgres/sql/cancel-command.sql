-- Takes a command back that nobody is at. $1 id.
DELETE FROM {schema}.scheduled_command
WHERE id = $1 AND (attempts = 0 OR failure IS NOT NULL)
RETURNING id
