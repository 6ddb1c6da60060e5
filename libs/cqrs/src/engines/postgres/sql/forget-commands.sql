-- Forgets old commands, some at a time. $1 their age, milliseconds; $2 how many at the most.
DELETE FROM {schema}.command_ledger WHERE command_id IN (
  SELECT command_id FROM {schema}.command_ledger
  WHERE recorded_at < {schema}.now() - $1::float8 * interval '1 millisecond'
  ORDER BY recorded_at LIMIT $2
)
RETURNING command_id
