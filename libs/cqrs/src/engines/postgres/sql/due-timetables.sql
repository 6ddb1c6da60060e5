-- Takes timetables that have fallen due, for this transaction. $1 names.
SELECT timetable.name, timetable.next_at, {schema}.now(),
  (SELECT count(*) FROM {schema}.scheduled_command command
   WHERE command.name = timetable.name AND command.fields IS NULL AND command.ready_at < 'infinity')
FROM {schema}.command_timetable timetable
WHERE timetable.name = ANY ($1::text[]) AND timetable.next_at <= {schema}.now()
ORDER BY timetable.name
FOR UPDATE OF timetable SKIP LOCKED
