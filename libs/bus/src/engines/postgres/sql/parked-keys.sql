-- The keys of parked records of a partition. $1 group's name, $2 topic, $3 partition.
SELECT DISTINCT p.key FROM {schema}.parked_record p JOIN {schema}.consumer_group g ON g.id = p.group_id
WHERE g.name = $1 AND p.topic = $2 AND p.partition = $3
