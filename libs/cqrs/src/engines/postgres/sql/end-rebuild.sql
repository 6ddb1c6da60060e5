-- Ends a rebuild. $1 name, $2 state, $3 detail or null, $4 the state it is in.
UPDATE {schema}.projection_rebuild SET state = $2, detail = $3, ended_at = {schema}.now()
WHERE name = $1 AND state = $4
RETURNING name
