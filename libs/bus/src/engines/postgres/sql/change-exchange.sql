-- Says that bindings from exchanges $1 have changed. $2 version of the topology.
UPDATE {schema}.exchange SET version = $2 WHERE name = ANY ($1::text[])
