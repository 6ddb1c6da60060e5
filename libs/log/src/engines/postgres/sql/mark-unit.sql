-- Leaves a trace of a unit of work that appends nothing, and clears away two that nobody can ask for any more. $1 id.
WITH old AS (
  SELECT id FROM {schema}.unit_marker WHERE committed_at < {schema}.now() - interval '1 hour'
  ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED
), cleared AS (
  DELETE FROM {schema}.unit_marker m USING old WHERE m.id = old.id
)
INSERT INTO {schema}.unit_marker (id) VALUES ($1)
