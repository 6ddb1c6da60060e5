-- Messages of queue $1 that are in nobody's hands, the next first, $2 at the most.
SELECT p.lane, p.seq, p.attempt, p.published_at, p.expires_at, p.envelope, p.body FROM {schema}.queue_lane l
CROSS JOIN LATERAL (SELECT {schema}.lane_head(l.id) AS head OFFSET 0) h
CROSS JOIN LATERAL (
  (SELECT DISTINCT ON (m.seq) m.lane, m.seq, r.attempts + 1 AS attempt, m.published_at, m.expires_at, m.envelope,
    coalesce(m.body, (SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1)) AS body
  FROM {schema}.queue_returned r JOIN {schema}.message m ON m.lane = r.lane AND m.seq = r.seq
  WHERE r.lane = l.id AND r.session IS NULL ORDER BY m.seq LIMIT $2)
  UNION ALL
  (SELECT DISTINCT ON (m.seq) m.lane, m.seq, 1, m.published_at, m.expires_at, m.envelope,
    coalesce(m.body, (SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1))
  FROM {schema}.message m WHERE m.lane = l.id AND m.seq >= h.head AND m.seq < h.head + $2 ORDER BY m.seq LIMIT $2)
) p
WHERE l.queue = $1 ORDER BY l.priority DESC, p.seq LIMIT $2
