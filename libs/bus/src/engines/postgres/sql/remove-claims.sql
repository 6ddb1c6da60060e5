-- $1 lanes.
WITH returned AS (DELETE FROM {schema}.queue_returned WHERE lane = ANY ($1::int[]))
DELETE FROM {schema}.queue_claim WHERE lane = ANY ($1::int[])
