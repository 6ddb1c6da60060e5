-- As read-partitions-by-type, of the records of one correlation id, whose index finds them however rare they are.
-- $1 partitions, $2 the offset to go on from in each, $3 how many records of each at the most, $4 correlation id,
-- $5 types, $6 category, $7 tenant; null: any. A CASE, since the planner must not think that a tenant leaves little.
-- OFFSET 0 around the arrays: one plan serves however many partitions are asked for.
SELECT e.revision, e.type, e.version, e.data, e.metadata, e.id, e."offset", e.position, e.recorded_at, e.correlation_id,
  e.tenant, since.partition, e.stream, greatest(since."offset", tail."end"), false
FROM (SELECT $1::smallint[] AS partitions, $2::bigint[] AS offsets, $3::int[] AS most OFFSET 0) given
CROSS JOIN LATERAL unnest(given.partitions, given.offsets, given.most) since(partition, "offset", most)
LEFT JOIN LATERAL (
  SELECT e."offset" + 1 AS "end" FROM {schema}.event e
  WHERE e.partition = since.partition ORDER BY e."offset" DESC LIMIT 1
) tail ON true
LEFT JOIN LATERAL (
  SELECT * FROM {schema}.event e
  WHERE e.partition = since.partition AND e."offset" >= since."offset"
    AND e.correlation_id = $4 AND ($5::text[] IS NULL OR e.type = ANY ($5)) AND ($6::text IS NULL OR e.category = $6)
    AND CASE WHEN $7::text IS NULL THEN true ELSE e.tenant = $7 END
  ORDER BY e."offset" LIMIT since.most
) e ON true
