-- What nobody else takes care of: sessions without a sign of life; queues whose next message has expired, or one that was given
-- back; queues that are to go, since their owner is over, or their last consumer, or nobody has used them for too long; whether
-- a delayed message is due.
SELECT 'session', s.id::text FROM {schema}.queue_session s
WHERE s.seen_at + s.session_ms * interval '1 millisecond' <= {schema}.now()
UNION ALL
SELECT 'expired', q.name FROM {schema}.queue q WHERE q.expires AND EXISTS (
  SELECT FROM {schema}.queue_lane l CROSS JOIN LATERAL (
    SELECT m.expires_at FROM {schema}.message m WHERE m.lane = l.id AND m.seq = {schema}.lane_head(l.id) LIMIT 1) m
  WHERE l.queue = q.id AND m.expires_at <= {schema}.now_ms()
  UNION ALL
  SELECT FROM {schema}.queue_lane l JOIN {schema}.queue_returned r ON r.lane = l.id AND r.session IS NULL
    JOIN {schema}.message m ON m.lane = r.lane AND m.seq = r.seq
  WHERE l.queue = q.id AND m.expires_at <= {schema}.now_ms())
UNION ALL
SELECT 'unused', q.name FROM {schema}.queue q
WHERE {schema}.queue_is_unused(q)
UNION ALL
(SELECT 'delayed', d.id FROM {schema}.delayed_message d WHERE d.due_at <= {schema}.now() LIMIT 1)
