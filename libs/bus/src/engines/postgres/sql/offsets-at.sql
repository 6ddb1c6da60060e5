-- In each partition the first record of a segment of that time or later. $1 partitions, $2 milliseconds since 1970.
SELECT given.partition, e."offset"
FROM unnest($1::smallint[]) given(partition)
CROSS JOIN LATERAL (
  SELECT e."offset" FROM {schema}."record_{segment}" e
  WHERE e.partition = given.partition AND e."timestamp" >= $2
  ORDER BY e."offset" LIMIT 1
) e
