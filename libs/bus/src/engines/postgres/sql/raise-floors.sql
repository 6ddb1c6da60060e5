-- Remembers where lanes $1 end, since their last messages may go with table {slot}.
UPDATE {schema}.queue_lane l SET floor = t.seq + 1, floor_bytes = t.bytes
FROM unnest($1::int[]) n(id) CROSS JOIN LATERAL (
  SELECT m.seq, m.bytes FROM {schema}."message_{slot}" m WHERE m.lane = n.id ORDER BY m.seq DESC LIMIT 1) t
WHERE l.id = n.id AND t.seq >= l.floor
