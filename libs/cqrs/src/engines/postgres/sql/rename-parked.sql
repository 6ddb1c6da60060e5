-- Hands over what is set aside. $1 name, $2 version, $3 name it goes to, $4 version it goes to.
UPDATE {schema}.projection_parked SET name = $3, version = $4 WHERE name = $1 AND version = $2
