-- As read-forwards, of the records that pass a filter; first a row per partition that says how far it was scanned.
-- $1 partitions, $2 the offset to go on from in each, $3 limit per partition, $4 category, $5 types, $6 correlation id;
-- null: not asked for. Planned anew for each call, so that what is not asked for leaves no trace in the plan.
WITH head AS MATERIALIZED (
  SELECT since.partition, since."offset" AS since, coalesce(tail."offset" + 1, 0) AS "offset"
  FROM unnest($1::smallint[], $2::bigint[]) since(partition, "offset")
  LEFT JOIN LATERAL (SELECT e."offset" FROM {schema}.event e
    WHERE e.partition = since.partition ORDER BY e."offset" DESC LIMIT 1) tail ON true
), candidate AS MATERIALIZED (
  SELECT e.*
  FROM unnest($1::smallint[], $2::bigint[]) since(partition, "offset")
  CROSS JOIN LATERAL (
    SELECT e.partition, e."offset", e.position, e.stream, e.revision, e.type, e.version, e.data, e.metadata, e.id,
      e.recorded_at, e.correlation_id, e.tenant
    FROM {schema}.event e
    WHERE e.partition = since.partition AND e."offset" >= since."offset"
      AND ($4::text IS NULL OR e.category = $4)
      AND ($5::text[] IS NULL OR e.type = ANY ($5))
      AND ($6::text IS NULL OR e.correlation_id = $6)
    ORDER BY e."offset" LIMIT $3
  ) e
), bound AS (
  SELECT min(last) AS position
  FROM (SELECT max(position) AS last FROM candidate GROUP BY partition HAVING count(*) = $3) cut
), scanned AS (
  SELECT head.partition, greatest(head.since, coalesce(
      min(c."offset") FILTER (WHERE c.position > bound.position),
      CASE WHEN count(c.partition) = $3 THEN max(c."offset") + 1 ELSE head."offset" END)) AS "offset"
  FROM head CROSS JOIN bound LEFT JOIN candidate c ON c.partition = head.partition
  GROUP BY head.partition, head.since, head."offset"
)
SELECT NULL::bigint, NULL::text, NULL::smallint, NULL::json, NULL::json, NULL::uuid, scanned."offset", -1::bigint AS position,
  NULL::timestamptz, NULL::text, NULL::text, scanned.partition, NULL::text, bound.position IS NOT NULL
FROM scanned CROSS JOIN bound
UNION ALL
SELECT c.revision, c.type, c.version, c.data, c.metadata, c.id, c."offset", c.position, c.recorded_at, c.correlation_id,
  c.tenant, c.partition, c.stream, bound.position IS NOT NULL
FROM candidate c CROSS JOIN bound
WHERE c.position <= bound.position OR bound.position IS NULL
ORDER BY position
