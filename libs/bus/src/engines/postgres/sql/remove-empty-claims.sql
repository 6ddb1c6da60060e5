-- Removes claims of which nothing is open, and that are not the newest of their lane.
DELETE FROM {schema}.queue_claim c WHERE isempty(c.open)
  AND EXISTS (SELECT FROM {schema}.queue_claim n WHERE n.lane = c.lane AND n.first > c.first)
