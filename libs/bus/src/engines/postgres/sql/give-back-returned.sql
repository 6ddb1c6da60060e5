-- Gives back again what consumer $2, or session $1, has of what was given back, or where both are null all that are over.
WITH returned AS (
  UPDATE {schema}.queue_returned r SET session = NULL, consumer = NULL, attempts = r.attempts + 1, due_at = {schema}.now(), behind = -1
  WHERE r.session IS NOT NULL AND CASE WHEN $2::int IS NOT NULL THEN r.consumer = $2 WHEN $1::uuid IS NULL
    THEN NOT EXISTS (SELECT FROM {schema}.queue_session s WHERE s.id = r.session) ELSE r.session = $1 END
  RETURNING lane
)
SELECT DISTINCT l.queue FROM returned JOIN {schema}.queue_lane l ON l.id = returned.lane
