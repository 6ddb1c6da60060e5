-- Opens a segment. $1 topic, $2 number, $3 the first offset of each partition.
INSERT INTO {schema}.topic_segment (topic, number, bases) VALUES ($1, $2, $3)
