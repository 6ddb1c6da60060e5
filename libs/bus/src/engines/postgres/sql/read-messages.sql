-- Messages by lane and number, $1 and $2.
SELECT DISTINCT ON (m.lane, m.seq) m.lane, m.seq, m.published_at, m.expires_at, m.envelope,
  coalesce(m.body, (SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1))
FROM unnest($1::int[], $2::bigint[]) w(lane, seq) JOIN {schema}.message m ON m.lane = w.lane AND m.seq = w.seq
ORDER BY m.lane, m.seq
