-- As read-partitions, of the records of some types, or of one tenant. The last two columns are how far the partition was read, and whether it
-- goes on there; one in which nothing was found has a row of nothing else.
-- $1 partitions, $2 the offset to go on from in each, $3 how many records of each at the most, $4 types, $6 tenant; null: any; $5 how many
-- offsets to look at in each, so that a rare type does not keep one statement busy with the whole log.
-- OFFSET 0: the types must not make the planner think that little is left, and sort it all.
-- OFFSET 0 around the arrays: one plan serves however many partitions are asked for.
SELECT e.revision, e.type, e.version, e.data, e.metadata, e.id, e."offset", e.position, e.recorded_at, e.correlation_id,
  e.tenant, since.partition, e.stream,
  greatest(since."offset", least(coalesce(tail."end", 0), since."offset" + $5)), tail."end" > since."offset" + $5
FROM (SELECT $1::smallint[] AS partitions, $2::bigint[] AS offsets, $3::int[] AS most OFFSET 0) given
CROSS JOIN LATERAL unnest(given.partitions, given.offsets, given.most) since(partition, "offset", most)
LEFT JOIN LATERAL (
  SELECT e."offset" + 1 AS "end" FROM {schema}.event e
  WHERE e.partition = since.partition ORDER BY e."offset" DESC LIMIT 1
) tail ON true
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT * FROM {schema}.event e
    WHERE e.partition = since.partition AND e."offset" >= since."offset" AND e."offset" < since."offset" + $5
    ORDER BY e."offset" OFFSET 0
  ) e
  WHERE ($4::text[] IS NULL OR e.type = ANY ($4)) AND CASE WHEN $6::text IS NULL THEN true ELSE e.tenant = $6 END
  LIMIT since.most
) e ON true
