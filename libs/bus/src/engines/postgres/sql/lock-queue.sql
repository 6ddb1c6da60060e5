-- Lets nobody else claim from queue $1. No row: it is gone.
SELECT id FROM {schema}.queue WHERE id = $1 FOR NO KEY UPDATE
