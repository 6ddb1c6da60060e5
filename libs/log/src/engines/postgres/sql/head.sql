-- Past the last record of each partition.
SELECT l.partition::int, coalesce(tail."offset" + 1, 0)
FROM {schema}.log_partition l
LEFT JOIN LATERAL (SELECT e."offset" FROM {schema}.event e
  WHERE e.partition = l.partition ORDER BY e."offset" DESC LIMIT 1) tail ON true
WHERE l.log = 'events'
