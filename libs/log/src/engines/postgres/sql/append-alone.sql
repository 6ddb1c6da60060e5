-- Appends one event; parameters and results at the function, in migrations/.
SELECT * FROM {schema}.append_alone($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
