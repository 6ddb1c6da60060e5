-- The newest snapshot of a kind, with a null type, and the events that follow on it, in order; all of one moment.
-- $1 partition, $2 stream, $3 model, $4 state version, $5 limit of events.
WITH newest AS MATERIALIZED (
  SELECT revision, state FROM {schema}.snapshot
  WHERE partition = $1 AND stream = $2 AND model = $3 AND state_version = $4
)
SELECT revision, NULL::text AS type, NULL::smallint AS version, state AS data FROM newest
UNION ALL
(SELECT e.revision, e.type, e.version, e.data FROM {schema}.event e
  WHERE e.partition = $1 AND e.stream = $2 AND e.revision > coalesce((SELECT revision FROM newest), 0)
  ORDER BY e.revision LIMIT $5)
