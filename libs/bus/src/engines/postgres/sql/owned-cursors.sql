-- What a member has, and whether parked records of it are to be tried again. $1 group, $2 member.
SELECT c.topic, t.name, c.partition::int, c.generation, c."offset",
  EXISTS (SELECT FROM {schema}.parked_record p WHERE p.group_id = c.group_id AND p.topic = c.topic AND p.partition = c.partition
    AND p.resumed)
FROM {schema}.group_cursor c JOIN {schema}.topic t ON t.id = c.topic
WHERE c.group_id = $1 AND c.member = $2 ORDER BY c.topic, c.partition
