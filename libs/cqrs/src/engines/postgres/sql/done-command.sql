-- Forgets a command that took effect, unless another has claimed it meanwhile. $1 id, $2 attempt.
DELETE FROM {schema}.scheduled_command WHERE id = $1 AND attempts = $2
