-- The next records of some partitions in one segment, each partition's in order; one snapshot. A partition without any has a
-- row of nothing but whether the segment is closed: if so, the reader goes on in the next.
-- $1 partitions, $2 the offset to go on from in each, $3 how many records of each at the most, $4 topic, $5 segment.
-- OFFSET 0 around the arrays: one plan serves however many partitions are asked for.
SELECT since.partition, e."offset",
  coalesce(e."timestamp", (SELECT count(*) FROM {schema}.topic_segment s WHERE s.topic = $4 AND s.number = $5 AND s.closed_at IS NULL)),
  e.key, e.value, e.headers
FROM (SELECT $1::smallint[] AS partitions, $2::bigint[] AS offsets, $3::int[] AS most OFFSET 0) given
CROSS JOIN LATERAL unnest(given.partitions, given.offsets, given.most) since(partition, "offset", most)
LEFT JOIN LATERAL (
  SELECT * FROM {schema}."record_{segment}" e
  WHERE e.partition = since.partition AND e."offset" >= since."offset"
  ORDER BY e."offset" LIMIT since.most
) e ON true
