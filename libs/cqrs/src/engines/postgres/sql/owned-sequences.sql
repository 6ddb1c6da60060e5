-- The sequences that a table's columns own by `serial`, with their columns. $1 the table.
SELECT sequence.oid::regclass::text, quote_ident(attribute.attname)
FROM pg_depend depend
JOIN pg_class sequence ON sequence.oid = depend.objid AND sequence.relkind = 'S'
JOIN pg_attribute attribute ON attribute.attrelid = depend.refobjid AND attribute.attnum = depend.refobjsubid
WHERE depend.refobjid = $1::regclass AND depend.classid = 'pg_class'::regclass AND depend.deptype = 'a'
