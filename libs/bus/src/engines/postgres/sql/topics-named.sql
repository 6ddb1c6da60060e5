-- Those topics of some names that exist. $1 names.
SELECT id, name, partitions::int FROM {schema}.topic WHERE name = ANY ($1::text[]) ORDER BY name
