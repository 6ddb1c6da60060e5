-- The names of all groups.
SELECT name FROM {schema}.consumer_group ORDER BY name
