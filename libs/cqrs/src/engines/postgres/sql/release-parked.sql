-- Has the first event of a key tried again, with as many attempts as at first. $1 name, $2 version, $3 key.
UPDATE {schema}.projection_parked parked
SET next_at = {schema}.now(), attempts = 0
FROM (
  SELECT partition, "offset" FROM {schema}.projection_parked
  WHERE name = $1 AND version = $2 AND key = $3
  ORDER BY position LIMIT 1
) first
WHERE parked.name = $1 AND parked.version = $2
  AND parked.partition = first.partition AND parked."offset" = first."offset"
RETURNING parked."offset"
