-- Lets one change of a topic be made at a time. $1 topic. No row: it is gone.
SELECT name, config FROM {schema}.topic WHERE id = $1 FOR NO KEY UPDATE
