-- Bindings from exchange $1.
SELECT source, to_exchange, destination, routing_key, arguments FROM {schema}.binding WHERE source = $1
