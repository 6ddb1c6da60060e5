-- Fences whatever a producer's lost connections may still bring. $1 producer, $2 its epoch. No row: it is fenced or gone.
UPDATE {schema}.producer SET epoch = epoch + 1, seen_at = {schema}.now() WHERE id = $1 AND epoch = $2 RETURNING epoch
