-- Forgets where a projection stands. $1 name, $2 version.
DELETE FROM {schema}.projection_cursor WHERE name = $1 AND version = $2
