-- Gives a lease back, keeping its generation for the next holder to go on from. $1 name, $2 holder, $3 generation.
UPDATE {schema}.lease
SET expires_at = '-infinity'
WHERE name = $1 AND holder = $2 AND generation = $3
