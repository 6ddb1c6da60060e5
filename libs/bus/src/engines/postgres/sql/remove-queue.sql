-- $1 queue. Its lanes and consumers go with it.
DELETE FROM {schema}.queue WHERE id = $1
