-- The keys to encrypt with. $1 subjects.
SELECT subject, id, bytes FROM {schema}.data_key WHERE subject = ANY ($1)
