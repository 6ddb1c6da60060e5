-- Sets events aside.
-- $1 name, $2 version, $3 partitions, $4 offsets, $5 keys, $6 positions, $7 streams, $8 failures or null, $9 attempts,
-- $10 milliseconds until the next attempt; null: not before somebody says so; $11 whether nothing waits for it.
INSERT INTO {schema}.projection_parked
  (name, version, partition, "offset", key, position, stream, failure, attempts, next_at, skipped)
SELECT $1, $2, given.partition, given."offset", given.key, given.position, given.stream, given.failure, given.attempts,
  coalesce({schema}.now() + given.wait * interval '1 millisecond', 'infinity'), given.skipped
FROM unnest($3::smallint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::int[], $10::float8[],
  $11::boolean[])
  AS given (partition, "offset", key, position, stream, failure, attempts, wait, skipped)
