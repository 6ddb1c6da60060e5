-- Makes a group where it is not there. $1 name.
INSERT INTO {schema}.consumer_group (name) VALUES ($1) ON CONFLICT (name) DO NOTHING
