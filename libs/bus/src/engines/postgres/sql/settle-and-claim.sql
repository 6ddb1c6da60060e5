-- Settles messages of a session and gives it more, in one transaction that does not wait for the disk; parameters and results at the functions.
SELECT lane, seq, first, NULL::int, NULL::bigint, NULL::bigint, NULL::bigint, NULL::text, NULL::text, NULL::boolean
FROM {schema}.settle($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
UNION ALL
SELECT lane, seq, first, attempt, published_at, expires_at, now_ms, envelope, body, again
FROM {schema}.claim($12, $1, $13, $14, $15, $16)
