-- With its bindings. $1 name.
DELETE FROM {schema}.exchange WHERE name = $1
