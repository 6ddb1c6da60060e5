-- Forgets the oldest segment of a topic, if it is closed. $1 topic, $2 number.
DELETE FROM {schema}.topic_segment WHERE topic = $1 AND number = $2 AND closed_at IS NOT NULL
RETURNING number
