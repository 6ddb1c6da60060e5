-- Whether table {slot} has messages whose lane does not remember where it ends.
SELECT EXISTS (SELECT FROM {schema}.queue_lane l
  CROSS JOIN LATERAL (SELECT FROM {schema}."message_{slot}" m WHERE m.lane = l.id AND m.seq >= l.floor LIMIT 1) m)
