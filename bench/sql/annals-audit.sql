-- Events stored in our table, and how many streams or partitions of it have a hole.
SELECT
  (SELECT count(*) FROM annals.event)::int AS stored,
  ((SELECT count(*) FROM (SELECT FROM annals.event GROUP BY stream HAVING max(revision) <> count(*)) streams)
  + (SELECT count(*) FROM (SELECT FROM annals.event GROUP BY partition HAVING max("offset") <> count(*) - 1) partitions))::int AS gaps
