-- Notes what became of commands; a row for each that was not noted before. $1 ids, $2 names, $3 digests, $4 outcomes.
INSERT INTO {schema}.command_ledger (command_id, name, digest, outcome)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::json[]) AS given (command_id, name, digest, outcome)
ORDER BY command_id
ON CONFLICT (command_id) DO NOTHING
RETURNING command_id
