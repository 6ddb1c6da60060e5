-- $1 source, $2 whether it leads to an exchange, $3 destination, $4 routing key, $5 arguments. One row if it is new.
INSERT INTO {schema}.binding (source, to_exchange, destination, routing_key, arguments, arguments_digest)
VALUES ($1, $2, $3, $4, $5, md5($5)) ON CONFLICT DO NOTHING RETURNING 1
