-- The log's partitions, and what names it in this database of this server: a restored copy lies in another database or
-- cluster, or in a table made anew.
SELECT partitions::int,
  concat_ws('.', incarnation,
    (SELECT system_identifier FROM pg_control_system()),
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    '{schema}.event'::regclass::oid)
FROM {schema}.log WHERE name = 'events'
