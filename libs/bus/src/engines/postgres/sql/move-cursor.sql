-- Moves a locked cursor by compare-and-set. $1 group, $2 topic, $3 partition, $4 generation, $5 the offset it is at, $6 the offset to go to.
UPDATE {schema}.group_cursor SET "offset" = $6, failure = NULL, failed_at = NULL
WHERE group_id = $1 AND topic = $2 AND partition = $3 AND generation = $4 AND "offset" IS NOT DISTINCT FROM $5
RETURNING topic
