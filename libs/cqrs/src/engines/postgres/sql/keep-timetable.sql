-- Stores a timetable; one whose pattern is the same keeps its next time. $1 name, $2 cron, $3 time zone, $4 its first time.
INSERT INTO {schema}.command_timetable AS kept (name, cron, time_zone, next_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (name) DO UPDATE
SET cron = excluded.cron, time_zone = excluded.time_zone, next_at = excluded.next_at
WHERE (kept.cron, kept.time_zone) <> (excluded.cron, excluded.time_zone)
