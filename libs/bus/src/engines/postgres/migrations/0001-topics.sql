-- Topics: partitioned logs like that of the events, whose records lie in segments, a table each, so that what is old goes
-- by DROP TABLE and never row by row. The tables of a segment are made by create-segment.sql.

CREATE TABLE {schema}.topic (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text COLLATE "C" NOT NULL UNIQUE,
  -- The name as it collides with others: `.` and `_` are one.
  colliding_name text COLLATE "C" NOT NULL UNIQUE,
  partitions smallint NOT NULL,
  config json NOT NULL,
  -- Of a log that is written elsewhere, and only shown as a topic.
  attached boolean NOT NULL DEFAULT false
);

-- One row to lock for each partition; appends lock it and never update it.
CREATE TABLE {schema}.topic_partition (
  topic integer NOT NULL REFERENCES {schema}.topic ON DELETE CASCADE,
  partition smallint NOT NULL,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 20);

CREATE TABLE {schema}.topic_segment (
  topic integer NOT NULL REFERENCES {schema}.topic ON DELETE CASCADE,
  number integer NOT NULL,
  -- The first offset of each partition. A partition added later has none here: it begins at 0.
  bases bigint[] NOT NULL,
  -- Past the last record of each partition; null while it is written.
  ends bigint[],
  opened_at timestamptz NOT NULL DEFAULT {schema}.now(),
  closed_at timestamptz,
  -- How often its table was written anew: part of the table's name.
  rewrite integer NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, number)
);

-- A process that appends. A process that lost a connection raises its epoch before it repeats what it does not know the
-- outcome of, so whatever the lost connection still brings is refused (Kafka's producer id and epoch).
CREATE TABLE {schema}.producer (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  epoch integer NOT NULL DEFAULT 0,
  seen_at timestamptz NOT NULL DEFAULT {schema}.now()
);

CREATE TABLE {schema}.consumer_group (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text COLLATE "C" NOT NULL UNIQUE,
  -- Rises whenever partitions are dealt out anew.
  epoch bigint NOT NULL DEFAULT 0,
  -- What the last deal rested on, and its result: members' partitions.
  dealt_for text NOT NULL DEFAULT '',
  target json NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);

CREATE TABLE {schema}.group_member (
  group_id integer NOT NULL REFERENCES {schema}.consumer_group ON DELETE CASCADE,
  id text COLLATE "C" NOT NULL,
  -- Of a static member, which keeps its partitions over a restart.
  instance_id text COLLATE "C",
  topics json NOT NULL,
  assignor text COLLATE "C" NOT NULL,
  session_ms integer NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (group_id, id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Where a group stands in a partition, and whose the partition is. A handler's transaction locks its row, so it fences.
CREATE TABLE {schema}.group_cursor (
  group_id integer NOT NULL REFERENCES {schema}.consumer_group ON DELETE CASCADE,
  topic integer NOT NULL REFERENCES {schema}.topic ON DELETE CASCADE,
  partition smallint NOT NULL,
  -- The offset to go on from; null before the first commit.
  "offset" bigint,
  metadata text,
  -- Null while nobody has the partition.
  member text COLLATE "C",
  -- Rises whenever the partition changes hands.
  generation bigint NOT NULL DEFAULT 0,
  -- What stands in the way of this partition; cleared when it moves on.
  failure text,
  failed_at timestamptz,
  PRIMARY KEY (group_id, topic, partition)
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Records that were set aside with all that follow them under the same key, until the key is resumed. Only where they lie.
CREATE TABLE {schema}.parked_record (
  group_id integer NOT NULL REFERENCES {schema}.consumer_group ON DELETE CASCADE,
  topic integer NOT NULL REFERENCES {schema}.topic ON DELETE CASCADE,
  partition smallint NOT NULL,
  -- `k` and the record's key, or `o` and its offset where it has none, so that it holds up nothing else.
  key text COLLATE "C" NOT NULL,
  "offset" bigint NOT NULL,
  failure text,
  parked_at timestamptz NOT NULL DEFAULT {schema}.now(),
  -- Whether its owner is to try it again.
  resumed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (group_id, topic, partition, key, "offset")
);
