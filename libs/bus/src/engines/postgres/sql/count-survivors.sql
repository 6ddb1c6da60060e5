-- How many messages of table {slot} are not over. Each lane's, claim's and message's are looked up by themselves (OFFSET 0):
-- a plan that reads the whole table would look for the head of a lane once for each message.
SELECT (SELECT count(*) FROM {schema}.queue_lane l
  CROSS JOIN LATERAL (SELECT {schema}.lane_head(l.id) AS head OFFSET 0) h
  CROSS JOIN LATERAL (SELECT * FROM {schema}."message_{slot}" m WHERE m.lane = l.id AND m.seq >= h.head OFFSET 0) m)
  + (SELECT count(*) FROM {schema}.queue_claim c CROSS JOIN LATERAL unnest(c.open) o
  CROSS JOIN LATERAL (
    SELECT * FROM {schema}."message_{slot}" m WHERE m.lane = c.lane AND m.seq >= lower(o) AND m.seq < upper(o) OFFSET 0) m)
  + (SELECT count(*) FROM {schema}.queue_returned r
  CROSS JOIN LATERAL (SELECT * FROM {schema}."message_{slot}" m WHERE m.lane = r.lane AND m.seq = r.seq OFFSET 0) m)
