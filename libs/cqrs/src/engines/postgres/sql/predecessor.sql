-- The version whose place a version that never ran takes. $1 name, $2 version.
SELECT max(version) FROM {schema}.projection_cursor
WHERE name = $1 AND NOT EXISTS (SELECT FROM {schema}.projection_cursor own WHERE own.name = $1 AND own.version = $2)
