-- Why a projection stands still, if it is to, and since when. $1 name, $2 version.
SELECT reason, paused_at FROM {schema}.projection_pause WHERE name = $1 AND version = $2
