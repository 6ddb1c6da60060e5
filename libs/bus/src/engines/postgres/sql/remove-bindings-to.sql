-- Bindings to $2, an exchange if $1, else a queue. Gives their sources.
DELETE FROM {schema}.binding WHERE to_exchange = $1 AND destination = $2 RETURNING source
