-- Says when a timetable falls due next. $1 name, $2 time; null: never.
UPDATE {schema}.command_timetable SET next_at = coalesce($2::timestamptz, 'infinity') WHERE name = $1
