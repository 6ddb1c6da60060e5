-- What is set aside, key by key, the oldest first. $1 name, $2 version, $3 how many keys at the most.
SELECT first.key, first.partition, first."offset", first.stream, first.failure, first.attempts, first.next_at, first.parked_at,
  first.events
FROM (
  SELECT DISTINCT ON (key) key, partition, "offset", stream, failure, attempts,
    nullif(next_at, 'infinity') AS next_at, parked_at, count(*) OVER (PARTITION BY key) AS events
  FROM {schema}.projection_parked
  WHERE name = $1 AND version = $2
  ORDER BY key, position
) first
ORDER BY first.parked_at LIMIT $3
