-- Whether an event of a stream before an offset, or the one before it, is set aside; then why.
-- $1 name, $2 version, $3 partition, $4 offset, $5 stream.
SELECT coalesce(parked.failure, first.failure), parked.key
FROM {schema}.projection_parked parked
LEFT JOIN LATERAL (
  SELECT failure FROM {schema}.projection_parked other
  WHERE other.name = $1 AND other.version = $2 AND other.key = parked.key
  ORDER BY other.position LIMIT 1
) first ON true
WHERE parked.name = $1 AND parked.version = $2 AND parked.partition = $3
  AND (parked."offset" = $4::bigint - 1 OR (parked."offset" < $4::bigint AND parked.stream = $5 AND NOT parked.skipped))
ORDER BY parked."offset" DESC LIMIT 1
