-- Removes up to $1 messages that are over from the old table.
WITH over AS (
  SELECT m.lane, m.seq FROM (SELECT DISTINCT lane FROM {schema}.message_old) n
  LEFT JOIN {schema}.queue_lane l ON l.id = n.lane
  CROSS JOIN LATERAL (SELECT {schema}.lane_head(n.lane) AS head OFFSET 0) h
  CROSS JOIN LATERAL (
    SELECT m.lane, m.seq FROM {schema}.message_old m WHERE m.lane = n.lane AND (l.id IS NULL OR m.seq < h.head
      AND NOT EXISTS (SELECT FROM {schema}.queue_returned r WHERE r.lane = m.lane AND r.seq = m.seq)
      AND NOT EXISTS (SELECT FROM {schema}.queue_claim c WHERE c.lane = m.lane AND c.open @> m.seq)) OFFSET 0) m
  LIMIT $1)
DELETE FROM {schema}.message_old m USING over WHERE m.lane = over.lane AND m.seq = over.seq RETURNING 1
