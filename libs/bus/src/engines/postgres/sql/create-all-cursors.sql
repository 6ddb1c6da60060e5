-- Makes the cursors of all partitions of topics. $1 group, $2 topics.
INSERT INTO {schema}.group_cursor (group_id, topic, partition)
SELECT $1, t.id, partition FROM {schema}.topic t, generate_series(0, t.partitions - 1) AS partition
WHERE t.id = ANY ($2::int[])
ON CONFLICT DO NOTHING
