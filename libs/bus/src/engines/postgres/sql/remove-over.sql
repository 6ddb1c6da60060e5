-- Removes up to $1 messages that are over from the old table.
WITH over AS (
  SELECT m.lane, m.seq FROM {schema}.message_old m
  WHERE NOT EXISTS (SELECT FROM {schema}.queue_lane l WHERE l.id = m.lane) OR (
    m.seq < {schema}.lane_head(m.lane)
    AND NOT EXISTS (SELECT FROM {schema}.queue_returned r WHERE r.lane = m.lane AND r.seq = m.seq)
    AND NOT EXISTS (SELECT FROM {schema}.queue_claim c WHERE c.lane = m.lane AND c.open @> m.seq))
  LIMIT $1)
DELETE FROM {schema}.message_old m USING over WHERE m.lane = over.lane AND m.seq = over.seq RETURNING 1
