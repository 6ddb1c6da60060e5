-- Makes cursors that are not there. $1 group, $2 topics, $3 partitions, $4 offsets.
INSERT INTO {schema}.group_cursor (group_id, topic, partition, "offset")
SELECT $1, topic, partition, "offset"
FROM unnest($2::int[], $3::smallint[], $4::bigint[]) AS made(topic, partition, "offset")
ON CONFLICT DO NOTHING
