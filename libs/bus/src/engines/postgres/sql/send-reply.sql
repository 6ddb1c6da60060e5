-- $1 inbox, $2 envelope, $3 body. What nobody has fetched for a minute is gone.
WITH old AS (DELETE FROM {schema}.reply WHERE id IN (
  SELECT id FROM {schema}.reply ORDER BY id LIMIT 10) AND sent_at < {schema}.now() - interval '1 minute')
INSERT INTO {schema}.reply (inbox, envelope, body) VALUES ($1, $2, $3)
