-- Lets a projection go on. $1 name, $2 version.
DELETE FROM {schema}.projection_pause WHERE name = $1 AND version = $2
