-- How much is set aside in each partition. $1 name, $2 version.
SELECT partition, count(*) FROM {schema}.projection_parked WHERE name = $1 AND version = $2 GROUP BY partition
