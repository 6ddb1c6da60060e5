-- Which messages of a producer are stored already.
-- $1 lanes, $2 the number from which on to look in each, $3 what the producer is and was, $4 sequences.
SELECT DISTINCT e.sequence, e.lane
FROM unnest($1::int[], $2::bigint[]) since(lane, seq)
CROSS JOIN LATERAL (
  SELECT m.sequence, m.lane, m.producer FROM {schema}.message m
  WHERE m.lane = since.lane AND m.seq >= since.seq ORDER BY m.seq OFFSET 0
) e
WHERE e.producer = ANY ($3::int[]) AND e.sequence = ANY ($4::bigint[])
