-- Where a group stands. $1 group.
SELECT topic, partition::int, "offset", metadata, member, generation, failure, failed_at
FROM {schema}.group_cursor WHERE group_id = $1 ORDER BY topic, partition
