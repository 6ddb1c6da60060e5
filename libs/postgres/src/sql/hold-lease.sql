-- Whether a lease is still ours, to the end of the transaction at least. $1 name, $2 holder, $3 generation.
SELECT generation FROM {schema}.lease
WHERE name = $1 AND holder = $2 AND generation = $3 AND expires_at > {schema}.now()
FOR KEY SHARE
