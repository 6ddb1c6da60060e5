-- The rebuilds of some projections. $1 names.
SELECT name, version, replaces, state, compare, detail, began_at, ended_at,
  extract(epoch FROM coalesce(ended_at, {schema}.now()) - began_at)::float8 * 1000
FROM {schema}.projection_rebuild WHERE name = ANY ($1::text[])
