-- What a table has that a copy of it would lack, or that would keep pointing at the old one. $1 the table.
SELECT 'the foreign key ' || conname || ' of ' || conrelid::regclass FROM pg_constraint
WHERE contype = 'f' AND (conrelid = $1::regclass OR confrelid = $1::regclass)
UNION ALL
SELECT 'the trigger ' || tgname FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal
UNION ALL
SELECT DISTINCT 'the view ' || rewrite.ev_class::regclass FROM pg_depend depend
JOIN pg_rewrite rewrite ON rewrite.oid = depend.objid
WHERE depend.classid = 'pg_rewrite'::regclass AND depend.refobjid = $1::regclass AND rewrite.ev_class <> $1::regclass
UNION ALL
SELECT 'row-level security' FROM pg_class WHERE oid = $1::regclass AND relrowsecurity
UNION ALL
SELECT 'partitions, or a table it inherits from' FROM pg_inherits WHERE inhrelid = $1::regclass OR inhparent = $1::regclass
