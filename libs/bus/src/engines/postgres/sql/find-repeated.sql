-- Which records of a producer are stored already in a segment.
-- $1 partitions, $2 the offset from which on to look in each, $3 what the producer is and was, $4 sequences.
SELECT e.sequence, e.partition, e."offset"
FROM unnest($1::smallint[], $2::bigint[]) since(partition, "offset")
CROSS JOIN LATERAL (
  SELECT * FROM {schema}."record_{segment}" e
  WHERE e.partition = since.partition AND e."offset" >= since."offset" ORDER BY e."offset" OFFSET 0
) e
WHERE e.producer = ANY ($3::int[]) AND e.sequence = ANY ($4::bigint[])
