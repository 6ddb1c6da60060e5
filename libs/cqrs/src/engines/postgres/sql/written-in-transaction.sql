-- Which of some tables this transaction has written to. $1 the tables.
SELECT relid::regclass::text FROM pg_stat_xact_all_tables
WHERE relid = ANY ($1::regclass[]) AND n_tup_ins + n_tup_upd + n_tup_del > 0
