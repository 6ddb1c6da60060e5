-- $1 name, $2 config, $3 version of the topology.
INSERT INTO {schema}.exchange (name, config, version) VALUES ($1, $2, $3)
