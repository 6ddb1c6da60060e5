-- Takes the next $2 messages of lane $1, for session $3, settled with that if $4. Gives the first and the last.
INSERT INTO {schema}.queue_claim (lane, first, last, session, consumer, open)
SELECT $1, head, head + $2 - 1, $3, 0,
  CASE WHEN $4 THEN '{}'::int8multirange ELSE int8multirange(int8range(head, head + $2)) END
FROM (SELECT {schema}.lane_head($1) AS head) h
RETURNING first, last
