-- The next records of some partitions, each partition's in order; one snapshot.
-- $1 partitions, $2 the offset to go on from in each, $3 how many records of each at the most.
-- OFFSET 0 around the arrays: one plan serves however many partitions are asked for.
SELECT e.revision, e.type, e.version, e.data, e.metadata, e.id, e."offset", e.position, e.recorded_at, e.correlation_id,
  e.tenant, since.partition, e.stream
FROM (SELECT $1::smallint[] AS partitions, $2::bigint[] AS offsets, $3::int[] AS most OFFSET 0) given
CROSS JOIN LATERAL unnest(given.partitions, given.offsets, given.most) since(partition, "offset", most)
CROSS JOIN LATERAL (
  SELECT * FROM {schema}.event e
  WHERE e.partition = since.partition AND e."offset" >= since."offset"
  ORDER BY e."offset" LIMIT since.most
) e
