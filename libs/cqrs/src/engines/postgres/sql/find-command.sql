-- What became of a command. $1 id.
SELECT name, digest, outcome::text FROM {schema}.command_ledger WHERE command_id = $1
