-- Which table of messages is written, and the bytes of each of the three and of the old one.
SELECT active, ARRAY[pg_total_relation_size('{schema}.message_0'), pg_total_relation_size('{schema}.message_1'),
  pg_total_relation_size('{schema}.message_2'), pg_total_relation_size('{schema}.message_old')]
FROM {schema}.message_ring WHERE one
