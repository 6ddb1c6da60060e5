-- Makes keys for subjects that have none. $1 ids, $2 subjects, ascending, $3 bytes, each a triple.
INSERT INTO {schema}.data_key (id, subject, bytes)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[])
ON CONFLICT (subject) DO NOTHING
