-- Commands that wait for their time.
CREATE TABLE {schema}.scheduled_command (
  id text COLLATE "C" PRIMARY KEY,
  -- The stored name of the command's class, or of its timetable.
  name text NOT NULL,
  -- Null: its timetable makes it.
  fields json,
  metadata json NOT NULL,
  -- True: it waits until those of its name that fell due before it have ended.
  in_turn boolean NOT NULL,
  due_at timestamptz NOT NULL,
  -- When it may be claimed: at first when it is due, then after a lease or a pause. Infinity: it has failed for good.
  ready_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  failure text
);
CREATE INDEX scheduled_command_ready ON {schema}.scheduled_command (ready_at);
CREATE INDEX scheduled_command_name ON {schema}.scheduled_command (name, due_at) WHERE fields IS NULL;

-- Timetables, and when each falls due next.
CREATE TABLE {schema}.command_timetable (
  name text COLLATE "C" PRIMARY KEY,
  cron text NOT NULL,
  time_zone text NOT NULL,
  next_at timestamptz NOT NULL
);
