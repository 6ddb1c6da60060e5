-- Waits until no append to these partitions is in flight. $1 partitions.
SELECT l.partition FROM {schema}.log_partition l
WHERE l.log = 'events' AND l.partition = ANY ($1) ORDER BY l.partition FOR NO KEY UPDATE
