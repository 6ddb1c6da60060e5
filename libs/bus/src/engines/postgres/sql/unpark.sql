-- Takes a parked record off the list. $1 group's name, $2 topic, $3 partition, $4 parking key, $5 offset.
DELETE FROM {schema}.parked_record p USING {schema}.consumer_group g
WHERE g.name = $1 AND p.group_id = g.id AND p.topic = $2 AND p.partition = $3 AND p.key = $4 AND p."offset" = $5
