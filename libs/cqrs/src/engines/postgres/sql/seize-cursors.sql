-- Makes cursors those of a new owner, waiting for the old one's open transaction. A version that begins has no effects
-- outside the read model where another has been.
-- $1 name, $2 version, $3 partitions, $4 where missing ones are made.
INSERT INTO {schema}.projection_cursor AS cursor (name, version, partition, "offset", generation, replayed_to)
SELECT $1, $2, given.partition, given.begin, 1, coalesce((
  SELECT max(other."offset") FROM {schema}.projection_cursor other
  WHERE other.name = $1 AND other.version <> $2 AND other.partition = given.partition
), 0)
FROM unnest($3::smallint[], $4::bigint[]) AS given (partition, begin)
ORDER BY given.partition
ON CONFLICT (name, version, partition) DO UPDATE SET generation = cursor.generation + 1
RETURNING partition, "offset", generation, replayed_to
