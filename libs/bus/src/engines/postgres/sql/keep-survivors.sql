-- Copies what is not over of table {slot} to the old one, each with its body.
INSERT INTO {schema}.message_old
SELECT m.lane, m.seq, m.producer, m.sequence, m.published_at, m.expires_at, m.bytes, m.envelope,
  coalesce(m.body, (SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1)),
  NULL, NULL
FROM (
  SELECT m.* FROM {schema}.queue_lane l, {schema}."message_{slot}" m WHERE m.lane = l.id AND m.seq >= {schema}.lane_head(l.id)
  UNION ALL
  SELECT m.* FROM {schema}.queue_claim c, unnest(c.open) o, {schema}."message_{slot}" m
  WHERE m.lane = c.lane AND m.seq >= lower(o) AND m.seq < upper(o)
  UNION ALL
  SELECT m.* FROM {schema}.queue_returned r JOIN {schema}."message_{slot}" m ON m.lane = r.lane AND m.seq = r.seq
) m
ON CONFLICT DO NOTHING
