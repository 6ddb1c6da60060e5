-- Copies what is not over of table {slot} to the old one, each with its body; looked up as in count-survivors.sql.
INSERT INTO {schema}.message_old
SELECT m.lane, m.seq, m.producer, m.sequence, m.published_at, m.expires_at, m.bytes, m.envelope,
  coalesce(m.body, (SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1)),
  NULL, NULL
FROM (
  SELECT m.* FROM {schema}.queue_lane l
  CROSS JOIN LATERAL (SELECT {schema}.lane_head(l.id) AS head OFFSET 0) h
  CROSS JOIN LATERAL (SELECT * FROM {schema}."message_{slot}" m WHERE m.lane = l.id AND m.seq >= h.head OFFSET 0) m
  UNION ALL
  SELECT m.* FROM {schema}.queue_claim c CROSS JOIN LATERAL unnest(c.open) o
  CROSS JOIN LATERAL (
    SELECT * FROM {schema}."message_{slot}" m WHERE m.lane = c.lane AND m.seq >= lower(o) AND m.seq < upper(o) OFFSET 0) m
  UNION ALL
  SELECT m.* FROM {schema}.queue_returned r
  CROSS JOIN LATERAL (SELECT * FROM {schema}."message_{slot}" m WHERE m.lane = r.lane AND m.seq = r.seq OFFSET 0) m
) m
ON CONFLICT DO NOTHING
