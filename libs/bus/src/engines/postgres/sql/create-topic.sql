-- A new topic. $1 name, $2 the name as it collides, $3 partitions, $4 config, $5 whether it is an attached log.
INSERT INTO {schema}.topic (name, colliding_name, partitions, config, attached) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
RETURNING id
