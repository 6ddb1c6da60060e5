-- Forgets all that is set aside. $1 name, $2 version.
DELETE FROM {schema}.projection_parked WHERE name = $1 AND version = $2
