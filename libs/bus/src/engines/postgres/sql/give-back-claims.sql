-- Gives back what is open of claims of consumer $2, or of session $1, or where both are null of all that have none any more.
WITH lost AS (
  SELECT c.lane, c.first, c.open FROM {schema}.queue_claim c
  WHERE NOT isempty(c.open) AND CASE WHEN $2::int IS NOT NULL THEN c.consumer = $2 WHEN $1::uuid IS NULL
    THEN NOT EXISTS (SELECT FROM {schema}.queue_session s WHERE s.id = c.session) ELSE c.session = $1 END
  ORDER BY c.lane, c.first FOR UPDATE
), emptied AS (
  UPDATE {schema}.queue_claim c SET open = '{}' FROM lost WHERE c.lane = lost.lane AND c.first = lost.first
), returned AS (
  INSERT INTO {schema}.queue_returned (lane, seq, attempts, due_at)
  SELECT lost.lane, n, 1, {schema}.now() FROM lost, unnest(lost.open) r, generate_series(lower(r), upper(r) - 1) n
  RETURNING lane
)
SELECT DISTINCT l.queue FROM returned JOIN {schema}.queue_lane l ON l.id = returned.lane
