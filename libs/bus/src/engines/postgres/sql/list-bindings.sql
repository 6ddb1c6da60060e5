-- Bindings from exchanges that have changed since version $1.
SELECT b.source, b.to_exchange, b.destination, b.routing_key, b.arguments
FROM {schema}.binding b JOIN {schema}.exchange e ON e.name = b.source WHERE e.version > $1
