-- Gives a consumer messages; parameters and results at the function.
SELECT * FROM {schema}.claim($1, $2, $3, $4, $5, $6)
