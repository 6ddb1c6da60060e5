-- Which of these events are stored. $1 partitions, $2 ids, each a pair.
SELECT want.ordinal::int, e.stream, e.revision, e."offset", e.position
FROM unnest($1::smallint[], $2::uuid[]) WITH ORDINALITY want(partition, id, ordinal)
JOIN {schema}.event e ON e.partition = want.partition AND e.id = want.id
ORDER BY want.ordinal
