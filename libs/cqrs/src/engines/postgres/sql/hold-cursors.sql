-- Locks all cursors of a projection: nobody moves it. $1 name, $2 version.
SELECT partition, "offset" FROM {schema}.projection_cursor
WHERE name = $1 AND version = $2 ORDER BY partition FOR UPDATE
