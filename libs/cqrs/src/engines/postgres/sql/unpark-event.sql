-- Forgets an event that was set aside; the next of its key is due. $1 name, $2 version, $3 partition, $4 offset.
WITH gone AS (
  DELETE FROM {schema}.projection_parked
  WHERE name = $1 AND version = $2 AND partition = $3 AND "offset" = $4
  RETURNING key
), next AS (
  SELECT parked.partition, parked."offset"
  FROM {schema}.projection_parked parked, gone
  WHERE parked.name = $1 AND parked.version = $2 AND parked.key = gone.key
    AND (parked.partition, parked."offset") <> ($3, $4)
  ORDER BY parked.position LIMIT 1
)
UPDATE {schema}.projection_parked parked
SET next_at = {schema}.now()
FROM next
WHERE parked.name = $1 AND parked.version = $2
  AND parked.partition = next.partition AND parked."offset" = next."offset"
RETURNING parked."offset"
