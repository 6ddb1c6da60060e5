-- Puts messages into queues; parameters and results at the function.
SELECT outcome, next_seq FROM {schema}.enqueue($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
