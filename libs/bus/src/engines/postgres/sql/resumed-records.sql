-- All parked records of those keys of a partition that are to be tried again. $1 group's name, $2 topic, $3 partition.
SELECT p.key, p."offset" FROM {schema}.parked_record p JOIN {schema}.consumer_group g ON g.id = p.group_id
WHERE g.name = $1 AND p.topic = $2 AND p.partition = $3
  AND EXISTS (SELECT FROM {schema}.parked_record r WHERE r.group_id = p.group_id AND r.topic = p.topic
    AND r.partition = p.partition AND r.key = p.key AND r.resumed)
ORDER BY p.key, p."offset"
