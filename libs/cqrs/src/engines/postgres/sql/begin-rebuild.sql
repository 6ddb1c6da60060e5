-- Notes that a rebuild is under way; no row: one is. $1 name, $2 version, $3 the version it replaces, $4 comparison.
INSERT INTO {schema}.projection_rebuild AS rebuild (name, version, replaces, state, compare)
VALUES ($1, $2, $3, 'filling', $4)
ON CONFLICT (name) DO UPDATE
SET version = excluded.version, replaces = excluded.replaces, state = 'filling', compare = excluded.compare,
  detail = NULL, began_at = {schema}.now(), ended_at = NULL
WHERE rebuild.state <> 'filling'
RETURNING name
