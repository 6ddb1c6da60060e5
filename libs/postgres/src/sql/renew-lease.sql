-- Prolongs a lease that is still ours. $1 name, $2 holder, $3 milliseconds, $4 generation. No row: it is lost.
UPDATE {schema}.lease
SET expires_at = {schema}.now() + $3 * interval '1 millisecond'
WHERE name = $1 AND holder = $2 AND generation = $4 AND expires_at > {schema}.now()
RETURNING generation
