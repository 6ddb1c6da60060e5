-- Bytes of tables of segments, with their indexes. $1 their names.
SELECT coalesce((SELECT pg_total_relation_size(c.oid) FROM pg_class c
  WHERE c.relname = given.name AND c.relnamespace = (SELECT d.relnamespace FROM pg_class d WHERE d.oid = '{schema}.topic'::regclass)), 0)
FROM unnest($1::text[]) WITH ORDINALITY given(name, ordinal) ORDER BY given.ordinal
