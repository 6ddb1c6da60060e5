-- The lock rows of partitions up to $2. $1 topic.
INSERT INTO {schema}.topic_partition (topic, partition)
SELECT $1, partition FROM generate_series(0, $2::int - 1) AS partition
ON CONFLICT DO NOTHING
