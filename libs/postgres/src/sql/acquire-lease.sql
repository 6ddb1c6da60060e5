-- Takes a lease that nobody holds, or whose holder is late. $1 name, $2 holder, $3 milliseconds. No row: it is taken.
INSERT INTO {schema}.lease AS held (name, holder, generation, expires_at)
VALUES ($1, $2, 1, {schema}.now() + $3 * interval '1 millisecond')
ON CONFLICT (name) DO UPDATE
  SET holder = excluded.holder, generation = held.generation + 1, expires_at = excluded.expires_at
  WHERE held.expires_at <= {schema}.now()
RETURNING generation
