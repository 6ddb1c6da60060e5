-- Keeps a snapshot; conditions at the function, in migrations/.
-- $1 partition, $2 stream, $3 model, $4 state version, $5 revision, $6 state.
SELECT {schema}.save_snapshot($1, $2, $3, $4, $5, $6)
