-- Bindings to $2, an exchange if $1, else a queue.
SELECT source, to_exchange, destination, routing_key, arguments FROM {schema}.binding
WHERE to_exchange = $1 AND destination = $2
