-- What a member has. $1 group, $2 member.
SELECT c.topic, t.name, c.partition::int, c.generation, c."offset"
FROM {schema}.group_cursor c JOIN {schema}.topic t ON t.id = c.topic
WHERE c.group_id = $1 AND c.member = $2 ORDER BY c.topic, c.partition
