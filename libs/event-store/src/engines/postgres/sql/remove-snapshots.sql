-- Removes the snapshots of a stream. $1 partition, $2 stream.
DELETE FROM {schema}.snapshot WHERE partition = $1 AND stream = $2
