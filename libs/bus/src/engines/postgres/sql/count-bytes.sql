-- How many of lane $1 from number $2 on lie before byte $3.
SELECT count(DISTINCT m.seq) FROM {schema}.message m WHERE m.lane = $1 AND m.seq >= $2 AND m.bytes < $3
