-- Erases the key of a subject. $1 subject.
DELETE FROM {schema}.data_key WHERE subject = $1
