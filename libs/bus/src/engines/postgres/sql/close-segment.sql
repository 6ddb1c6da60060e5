-- Closes a segment. $1 topic, $2 number, $3 past the last record of each partition.
UPDATE {schema}.topic_segment SET ends = $3, closed_at = {schema}.now() WHERE topic = $1 AND number = $2 AND closed_at IS NULL
RETURNING number
