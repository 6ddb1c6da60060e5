-- Notes streams of subjects. $1 subjects, $2 streams, each a pair, ascending.
INSERT INTO {schema}.subject_stream (subject, stream)
SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT DO NOTHING
