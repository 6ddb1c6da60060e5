-- Fences the present owners off: their next transaction fails. $1 name, $2 version.
UPDATE {schema}.projection_cursor SET generation = generation + 1 WHERE name = $1 AND version = $2
