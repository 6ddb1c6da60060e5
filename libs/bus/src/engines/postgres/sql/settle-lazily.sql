-- Settles messages in a transaction that does not wait for the disk; parameters and results at the function.
SELECT s.lane, s.seq, s.first, NULL::int, NULL::bigint, NULL::bigint, NULL::bigint, NULL::text, NULL::text, NULL::boolean
FROM (SELECT set_config('synchronous_commit', 'off', true) OFFSET 0) lazily,
  LATERAL {schema}.settle($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) s
