-- How many of the next $2 messages of lane $1 have expired before one that has not.
SELECT coalesce(
  (SELECT min(m.seq) FROM {schema}.message m WHERE m.lane = $1 AND m.seq >= h.head AND m.seq < h.head + $2
    AND (m.expires_at IS NULL OR m.expires_at > {schema}.now_ms())),
  (SELECT max(m.seq) + 1 FROM {schema}.message m WHERE m.lane = $1 AND m.seq >= h.head AND m.seq < h.head + $2),
  h.head) - h.head
FROM (SELECT {schema}.lane_head($1) AS head) h
