-- The next records of all partitions, in the order of their positions, up to the smallest last position among the
-- partitions that were cut short: behind it a record of such a partition could still be missing.
-- $1 partitions, $2 the offset to go on from in each, $3 limit per partition. The last column: whether there was more.
WITH candidate AS MATERIALIZED (
  SELECT e.*
  FROM unnest($1::smallint[], $2::bigint[]) since(partition, "offset")
  CROSS JOIN LATERAL (
    SELECT e.partition, e."offset", e.position, e.stream, e.revision, e.type, e.version, e.data, e.metadata, e.id,
      e.recorded_at, e.correlation_id, e.tenant
    FROM {schema}.event e
    WHERE e.partition = since.partition AND e."offset" >= since."offset"
    ORDER BY e."offset" LIMIT $3
  ) e
), bound AS (
  SELECT min(last) AS position
  FROM (SELECT max(position) AS last FROM candidate GROUP BY partition HAVING count(*) = $3) cut
)
SELECT c.revision, c.type, c.version, c.data, c.metadata, c.id, c."offset", c.position, c.recorded_at, c.correlation_id,
  c.tenant, c.partition, c.stream, bound.position IS NOT NULL
FROM candidate c CROSS JOIN bound
WHERE c.position <= bound.position OR bound.position IS NULL
ORDER BY c.position
