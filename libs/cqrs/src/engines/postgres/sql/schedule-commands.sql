-- Has commands wait for their time; one that waits already stays as it is.
-- $1 ids, $2 names, $3 fields or null, $4 metadata, $5 times or null, $6 milliseconds from now on or
-- null, $7 whether it waits for those of its name that fell due before it.
INSERT INTO {schema}.scheduled_command (id, name, fields, metadata, due_at, ready_at, in_turn)
SELECT id, name, fields, metadata, at, at, in_turn
FROM (
  SELECT id, name, fields, metadata, in_turn, coalesce(due, {schema}.now() + wait * interval '1 millisecond') AS at
  FROM unnest($1::text[], $2::text[], $3::json[], $4::json[], $5::timestamptz[], $6::float8[], $7::boolean[])
    AS given (id, name, fields, metadata, due, wait, in_turn)
) given
ORDER BY id
ON CONFLICT (id) DO NOTHING
