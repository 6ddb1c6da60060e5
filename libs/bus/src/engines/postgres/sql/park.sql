-- Moves a cursor of its owner past a record that is set aside. No row: the partition is somebody else's, and nothing is changed.
-- $1 group's name, $2 member, $3 topic, $4 partition, $5 generation, $6 the offset to go on from, $7 parking key, $8 offset, $9 failure.
WITH moved AS (
  UPDATE {schema}.group_cursor AS c SET "offset" = $6, failure = NULL, failed_at = NULL
  FROM {schema}.consumer_group g
  WHERE g.name = $1 AND c.group_id = g.id AND c.member = $2 AND c.topic = $3 AND c.partition = $4 AND c.generation = $5
  RETURNING c.group_id, c.topic, c.partition
)
INSERT INTO {schema}.parked_record (group_id, topic, partition, key, "offset", failure)
SELECT group_id, topic, partition, $7, $8, $9 FROM moved
ON CONFLICT (group_id, topic, partition, key, "offset") DO UPDATE SET failure = excluded.failure
RETURNING "offset"
