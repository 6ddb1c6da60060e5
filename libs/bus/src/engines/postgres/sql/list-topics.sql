-- All topics by name.
SELECT id, name, config, attached FROM {schema}.topic ORDER BY name
