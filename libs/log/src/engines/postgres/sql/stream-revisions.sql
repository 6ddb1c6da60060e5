-- Where streams are. $1 partitions, $2 streams, each a pair.
SELECT want.stream, coalesce((SELECT e.revision FROM {schema}.event e
  WHERE e.partition = want.partition AND e.stream = want.stream ORDER BY e.revision DESC LIMIT 1), 0)
FROM unnest($1::smallint[], $2::text[]) want(partition, stream)
