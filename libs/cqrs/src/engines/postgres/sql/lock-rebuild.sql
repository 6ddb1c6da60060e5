-- Locks a rebuild, so that one process ends it. $1 name.
SELECT state, version, replaces FROM {schema}.projection_rebuild WHERE name = $1 FOR UPDATE
