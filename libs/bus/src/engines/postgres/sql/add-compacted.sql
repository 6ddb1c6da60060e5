-- Puts what compaction wrote in the place of what it was made of.
-- $1 topic, $2 number, $3 first offsets, $4 past the last record of each partition, $5 when its oldest part was opened, $6 when its newest was closed, $7 how often it was written anew.
INSERT INTO {schema}.topic_segment (topic, number, bases, ends, opened_at, closed_at, rewrite)
VALUES ($1, $2, $3, $4, $5, $6, $7)
