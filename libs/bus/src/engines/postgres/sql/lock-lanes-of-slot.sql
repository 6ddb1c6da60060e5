-- Locks the lanes whose last messages lie in table {slot}, and gives where they end.
SELECT l.id FROM {schema}.queue_lane l
CROSS JOIN LATERAL (SELECT FROM {schema}."message_{slot}" m WHERE m.lane = l.id AND m.seq >= l.floor LIMIT 1) m
ORDER BY l.id FOR NO KEY UPDATE OF l
