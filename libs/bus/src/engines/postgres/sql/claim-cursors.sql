-- Gives partitions to a member, each with a new generation, but for those that a transaction of a handler still holds: no
-- deal ever waits for a handler. $1 group, $2 member, $3 topics, $4 partitions.
UPDATE {schema}.group_cursor AS c SET member = $2, generation = c.generation + 1, failure = NULL, failed_at = NULL
FROM (
  SELECT c.topic, c.partition FROM {schema}.group_cursor c
  WHERE c.group_id = $1
    AND (c.topic, c.partition) IN (SELECT topic, partition FROM unnest($3::int[], $4::smallint[]) AS given(topic, partition))
  ORDER BY c.topic, c.partition FOR NO KEY UPDATE SKIP LOCKED
) AS free
WHERE c.group_id = $1 AND c.topic = free.topic AND c.partition = free.partition
