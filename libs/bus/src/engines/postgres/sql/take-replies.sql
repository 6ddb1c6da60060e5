-- Takes all replies to inbox $1.
WITH taken AS (DELETE FROM {schema}.reply WHERE inbox = $1 RETURNING id, envelope, body)
SELECT envelope, body FROM taken ORDER BY id
