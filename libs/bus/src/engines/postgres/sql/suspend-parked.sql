-- Notes that a parked record has failed again. $1 group's name, $2 topic, $3 partition, $4 parking key, $5 offset, $6 failure.
UPDATE {schema}.parked_record p
SET resumed = false, failure = CASE WHEN p."offset" = $5 THEN $6 ELSE p.failure END
FROM {schema}.consumer_group g
WHERE g.name = $1 AND p.group_id = g.id AND p.topic = $2 AND p.partition = $3 AND p.key = $4
