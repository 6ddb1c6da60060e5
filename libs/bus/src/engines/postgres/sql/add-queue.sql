-- $1 name, $2 config, $3 single active consumer, $4 owner, $5 whether messages may expire in it.
INSERT INTO {schema}.queue (name, config, single_active, owner, expires) VALUES ($1, $2, $3, $4, $5) RETURNING id
