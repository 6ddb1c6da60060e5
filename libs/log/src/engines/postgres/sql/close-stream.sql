-- Closes a stream; parameters and results at the function, in migrations/.
SELECT {schema}.close_stream($1, $2, $3, $4, $5, $6, $7)
