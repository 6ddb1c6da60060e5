-- Has a projection stand still. $1 name, $2 version, $3 reason.
INSERT INTO {schema}.projection_pause (name, version, reason) VALUES ($1, $2, $3)
ON CONFLICT (name, version) DO UPDATE SET reason = excluded.reason
