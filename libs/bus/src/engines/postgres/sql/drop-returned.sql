-- Removes what was given back to lanes $1 and is in nobody's hands.
WITH gone AS (DELETE FROM {schema}.queue_returned WHERE lane = ANY ($1::int[]) AND session IS NULL RETURNING 1)
SELECT count(*) FROM gone
