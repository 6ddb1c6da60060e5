-- Settles messages; parameters and results at the function.
SELECT lane, seq, first, NULL::int, NULL::bigint, NULL::bigint, NULL::bigint, NULL::text, NULL::text, NULL::boolean
FROM {schema}.settle($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
