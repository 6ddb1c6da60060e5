-- The newest snapshot of a kind. $1 partition, $2 stream, $3 model, $4 state version.
SELECT revision, state FROM {schema}.snapshot
WHERE partition = $1 AND stream = $2 AND model = $3 AND state_version = $4
