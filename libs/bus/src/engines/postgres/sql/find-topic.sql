-- A topic by its name. $1 name.
SELECT id, name, config, attached FROM {schema}.topic WHERE name = $1
