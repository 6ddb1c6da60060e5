-- Takes all partitions from a member that leaves, but for those that a transaction of a handler still holds: these are
-- free once the member is forgotten. $1 group, $2 member.
UPDATE {schema}.group_cursor AS c SET member = NULL
FROM (
  SELECT c.topic, c.partition FROM {schema}.group_cursor c
  WHERE c.group_id = $1 AND c.member = $2 ORDER BY c.topic, c.partition FOR NO KEY UPDATE SKIP LOCKED
) AS held
WHERE c.group_id = $1 AND c.topic = held.topic AND c.partition = held.partition
