-- Sets cursors, whosever they are. $1 group, $2 topics, $3 partitions, $4 offsets.
UPDATE {schema}.group_cursor AS c SET "offset" = given.upto, failure = NULL, failed_at = NULL
FROM unnest($2::int[], $3::smallint[], $4::bigint[]) AS given(topic, partition, upto)
WHERE c.group_id = $1 AND c.topic = given.topic AND c.partition = given.partition
