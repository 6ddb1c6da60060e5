-- What is in lanes $1: numbers and bytes of what nobody has had, then what was given back and is ready, its bytes, what
-- waits, and what is in consumers' hands.
SELECT l.id, h.head, t.seq + 1, coalesce(f.before, t.bytes), t.bytes, b.ready, b.bytes, b.waiting, b.held + u.open
FROM {schema}.queue_lane l
CROSS JOIN LATERAL (SELECT {schema}.lane_head(l.id) AS head) h
CROSS JOIN LATERAL {schema}.lane_tail(l.id) t
LEFT JOIN LATERAL (
  SELECT m.bytes - octet_length(coalesce(m.body, (
    SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1))) AS before
  FROM {schema}.message m WHERE m.lane = l.id AND m.seq = h.head LIMIT 1) f ON true
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE r.session IS NULL AND r.due_at <= {schema}.now()) AS ready,
    coalesce(sum((SELECT octet_length(coalesce(m.body, (
        SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1)))
      FROM {schema}.message m WHERE m.lane = r.lane AND m.seq = r.seq LIMIT 1))
      FILTER (WHERE r.session IS NULL AND r.due_at <= {schema}.now()), 0)::bigint AS bytes,
    count(*) FILTER (WHERE r.session IS NULL AND r.due_at > {schema}.now()) AS waiting,
    count(*) FILTER (WHERE r.session IS NOT NULL) AS held
  FROM {schema}.queue_returned r WHERE r.lane = l.id) b
CROSS JOIN LATERAL (
  SELECT coalesce(sum(upper(o) - lower(o)), 0)::bigint AS open
  FROM {schema}.queue_claim c, unnest(c.open) o WHERE c.lane = l.id) u
WHERE l.id = ANY ($1::int[]) ORDER BY l.id
