-- Gives a topic another configuration. $1 topic, $2 partitions, $3 config.
UPDATE {schema}.topic SET partitions = $2, config = $3 WHERE id = $1 RETURNING id
