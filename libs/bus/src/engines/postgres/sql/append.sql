-- Appends a batch to a segment; parameters and results at the function, in create-segment.sql.
SELECT outcome, next_offset FROM {schema}."append_{segment}"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
