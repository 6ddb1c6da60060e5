-- All exchanges; of a name if $1 is not null.
SELECT name, config::text, version FROM {schema}.exchange WHERE name = $1 OR $1::text IS NULL ORDER BY name
