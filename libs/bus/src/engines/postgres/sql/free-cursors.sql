-- Takes partitions from a member, but for those that a transaction of a handler still holds. $1 group, $2 member, $3 topics, $4 partitions.
UPDATE {schema}.group_cursor AS c SET member = NULL
FROM (
  SELECT c.topic, c.partition FROM {schema}.group_cursor c
  WHERE c.group_id = $1 AND c.member = $2
    AND (c.topic, c.partition) IN (SELECT topic, partition FROM unnest($3::int[], $4::smallint[]) AS given(topic, partition))
  ORDER BY c.topic, c.partition FOR NO KEY UPDATE SKIP LOCKED
) AS held
WHERE c.group_id = $1 AND c.topic = held.topic AND c.partition = held.partition
