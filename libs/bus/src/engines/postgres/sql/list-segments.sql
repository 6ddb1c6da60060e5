-- The segments of a topic in order. $1 topic.
SELECT number, bases, ends, opened_at, closed_at, rewrite, {schema}.now() FROM {schema}.topic_segment WHERE topic = $1 ORDER BY number
