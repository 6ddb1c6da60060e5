-- How many messages of table {slot} are not over.
SELECT (SELECT count(*) FROM {schema}.queue_lane l, {schema}."message_{slot}" m
    WHERE m.lane = l.id AND m.seq >= {schema}.lane_head(l.id))
  + (SELECT count(*) FROM {schema}.queue_claim c, unnest(c.open) o, {schema}."message_{slot}" m
    WHERE m.lane = c.lane AND m.seq >= lower(o) AND m.seq < upper(o))
  + (SELECT count(*) FROM {schema}.queue_returned r JOIN {schema}."message_{slot}" m ON m.lane = r.lane AND m.seq = r.seq)
