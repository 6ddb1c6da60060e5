-- The keys whose first event is to be tried again, and milliseconds until then. $1 name, $2 version, $3 partitions.
SELECT key, partition, "offset", attempts, extract(epoch FROM next_at - {schema}.now())::float8 * 1000
FROM (
  SELECT DISTINCT ON (key) key, partition, "offset", attempts, next_at
  FROM {schema}.projection_parked
  WHERE name = $1 AND version = $2 AND partition = ANY ($3::smallint[])
  ORDER BY key, position
) first
WHERE next_at < 'infinity'
ORDER BY next_at
