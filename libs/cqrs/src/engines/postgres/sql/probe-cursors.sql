-- Waits for a projection's cursors, as long as `lock_timeout` allows. $1 name, $2 version.
SELECT partition FROM {schema}.projection_cursor WHERE name = $1 AND version = $2 ORDER BY partition FOR UPDATE
