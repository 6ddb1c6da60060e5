-- What is in lanes $1.
SELECT * FROM {schema}.lane_states($1)
