-- Locks a cursor, if it is its owner's. $1 group's name, $2 member, $3 topic, $4 partition, $5 generation,
-- $6 milliseconds that the transaction may idle.
SELECT c."offset", g.id, set_config('idle_in_transaction_session_timeout', $6, true)
FROM {schema}.consumer_group g JOIN {schema}.group_cursor c ON c.group_id = g.id
WHERE g.name = $1 AND c.member = $2 AND c.topic = $3 AND c.partition = $4 AND c.generation = $5
FOR NO KEY UPDATE OF c
