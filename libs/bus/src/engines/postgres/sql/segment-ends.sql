-- Past the last record of each partition in a segment. $1 topic, $2 segment.
SELECT l.partition::int, coalesce(tail."offset" + 1, s.bases[l.partition + 1], 0)
FROM {schema}.topic_partition l
JOIN {schema}.topic_segment s ON s.topic = l.topic AND s.number = $2
LEFT JOIN LATERAL (SELECT e."offset" FROM {schema}."record_{segment}" e
  WHERE e.partition = l.partition ORDER BY e."offset" DESC LIMIT 1) tail ON true
WHERE l.topic = $1
ORDER BY l.partition
