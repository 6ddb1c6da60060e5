-- Creates the log unless it is there. $1 partitions, $2 incarnation.
WITH created AS (
  INSERT INTO {schema}.log (name, partitions, incarnation) VALUES ('events', $1, $2) ON CONFLICT (name) DO NOTHING RETURNING name
)
INSERT INTO {schema}.log_partition (log, partition)
SELECT created.name, partition FROM created, generate_series(0, $1::int - 1) partition
