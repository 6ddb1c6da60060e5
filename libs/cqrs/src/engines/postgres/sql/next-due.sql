-- Milliseconds until something falls due; null: nothing waits. $1 names.
SELECT extract(epoch FROM least(
  (SELECT min(ready_at) FROM {schema}.scheduled_command WHERE name = ANY ($1::text[]) AND ready_at < 'infinity'),
  (SELECT min(next_at) FROM {schema}.command_timetable WHERE name = ANY ($1::text[]) AND next_at < 'infinity')
) - {schema}.now())::float8 * 1000
