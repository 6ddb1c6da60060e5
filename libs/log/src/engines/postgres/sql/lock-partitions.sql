-- Waits until no append to these partitions is in flight. $1 partitions, $2 milliseconds to wait until SQLSTATE 55P03.
WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', $2::text, true))
SELECT l.partition FROM patience, {schema}.log_partition l
WHERE l.log = 'events' AND l.partition = ANY ($1) ORDER BY l.partition FOR NO KEY UPDATE OF l
