-- Takes messages of lane $1 that were given back and are ready, the first $2, for session $3; only expired ones if $4.
UPDATE {schema}.queue_returned r SET session = $3, consumer = 0
FROM (SELECT b.seq FROM {schema}.queue_returned b
  WHERE b.lane = $1 AND b.session IS NULL AND (
    CASE WHEN $4 THEN EXISTS (SELECT FROM {schema}.message m
      WHERE m.lane = b.lane AND m.seq = b.seq AND m.expires_at <= {schema}.now_ms())
    ELSE b.due_at <= {schema}.now() END)
  ORDER BY b.seq LIMIT $2) taken
WHERE r.lane = $1 AND r.seq = taken.seq
RETURNING r.seq, r.attempts
