-- Notes what stands in the way of a partition. $1 group's name, $2 member, $3 topic, $4 partition, $5 generation, $6 failure.
UPDATE {schema}.group_cursor AS c SET failure = $6, failed_at = coalesce(c.failed_at, {schema}.now())
FROM {schema}.consumer_group g
WHERE g.name = $1 AND c.group_id = g.id AND c.member = $2 AND c.topic = $3 AND c.partition = $4 AND c.generation = $5
