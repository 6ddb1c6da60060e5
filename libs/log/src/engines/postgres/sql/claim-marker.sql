-- A row unless the unit that left this trace has committed; waits while that is undecided, and settles it. $1 id.
INSERT INTO {schema}.unit_marker (id) VALUES ($1) ON CONFLICT (id) DO NOTHING RETURNING id
