-- Moves cursors of their owner. $1 group's name, $2 member, $3 topics, $4 partitions, $5 generations, $6 offsets, $7 metadata, $8 synchronous_commit.
UPDATE {schema}.group_cursor AS c
SET "offset" = moved.upto, metadata = moved.metadata,
  -- A commit that moves nothing says nothing of what stands in the way.
  failure = CASE WHEN c."offset" IS NOT DISTINCT FROM moved.upto THEN c.failure END,
  failed_at = CASE WHEN c."offset" IS NOT DISTINCT FROM moved.upto THEN c.failed_at END
FROM unnest($3::int[], $4::smallint[], $5::bigint[], $6::bigint[], $7::text[]) AS moved(topic, partition, generation, upto, metadata),
  {schema}.consumer_group g
WHERE g.name = $1 AND c.group_id = g.id AND c.topic = moved.topic AND c.partition = moved.partition
  AND c.member = $2 AND c.generation = moved.generation
RETURNING c.topic, c.partition::int, set_config('synchronous_commit', $8, true)
