-- $1 source, $2 whether it leads to an exchange, $3 destination, $4 routing key, $5 arguments.
DELETE FROM {schema}.binding WHERE source = $1 AND to_exchange = $2 AND destination = $3 AND routing_key = $4
  AND arguments_digest = md5($5)
