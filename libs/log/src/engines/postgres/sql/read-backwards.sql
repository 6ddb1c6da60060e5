-- The records before an offset in each partition, newest first, down to the largest first position among the partitions
-- that were cut short; first a row per partition that says how far it was scanned.
-- $1 partitions, $2 the offset to end before in each, $3 limit per partition, $4 category, $5 types, $6 correlation id, $7 tenant.
WITH candidate AS MATERIALIZED (
  SELECT e.*
  FROM unnest($1::smallint[], $2::bigint[]) until(partition, "offset")
  CROSS JOIN LATERAL (
    SELECT e.partition, e."offset", e.position, e.stream, e.revision, e.type, e.version, e.data, e.metadata, e.id,
      e.recorded_at, e.correlation_id, e.tenant
    FROM {schema}.event e
    WHERE e.partition = until.partition AND e."offset" < until."offset"
      AND ($4::text IS NULL OR e.category = $4)
      AND ($5::text[] IS NULL OR e.type = ANY ($5))
      AND ($6::text IS NULL OR e.correlation_id = $6)
      AND ($7::text IS NULL OR e.tenant = $7)
    ORDER BY e."offset" DESC LIMIT $3
  ) e
), bound AS (
  SELECT max(first) AS position
  FROM (SELECT min(position) AS first FROM candidate GROUP BY partition HAVING count(*) = $3) cut
), scanned AS (
  SELECT until.partition, coalesce(
      max(c."offset") FILTER (WHERE c.position < bound.position) + 1,
      CASE WHEN count(c.partition) = $3 THEN min(c."offset") ELSE 0 END) AS "offset"
  FROM unnest($1::smallint[], $2::bigint[]) until(partition, "offset")
  CROSS JOIN bound LEFT JOIN candidate c ON c.partition = until.partition
  GROUP BY until.partition
)
SELECT NULL::bigint, NULL::text, NULL::smallint, NULL::json, NULL::json, NULL::uuid, scanned."offset",
  9007199254740991 AS position, NULL::timestamptz, NULL::text, NULL::text, scanned.partition, NULL::text,
  bound.position IS NOT NULL
FROM scanned CROSS JOIN bound
UNION ALL
SELECT c.revision, c.type, c.version, c.data, c.metadata, c.id, c."offset", c.position, c.recorded_at, c.correlation_id,
  c.tenant, c.partition, c.stream, bound.position IS NOT NULL
FROM candidate c CROSS JOIN bound
WHERE c.position >= bound.position OR bound.position IS NULL
ORDER BY position DESC
