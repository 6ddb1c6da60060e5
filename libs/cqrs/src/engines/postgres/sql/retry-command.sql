-- Has a command tried again that failed for good. $1 id.
UPDATE {schema}.scheduled_command SET ready_at = {schema}.now(), attempts = 0
WHERE id = $1 AND ready_at = 'infinity'
RETURNING id
