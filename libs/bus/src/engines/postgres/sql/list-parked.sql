-- What a group has parked. $1 group's name.
SELECT p.topic, p.partition::int, p.key, p."offset", p.failure, p.parked_at, p.resumed
FROM {schema}.parked_record p JOIN {schema}.consumer_group g ON g.id = p.group_id
WHERE g.name = $1 ORDER BY p.topic, p.partition, p.key, p."offset"
