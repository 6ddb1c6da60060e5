-- The partitioned log of events (DESIGN §3). Keys start with the partition, so that the table can be distributed by it.

CREATE TABLE {schema}.log (
  name text COLLATE "C" PRIMARY KEY,
  partitions smallint NOT NULL,
  -- Part of every checkpoint token: a log made anew is another log.
  incarnation uuid NOT NULL
);

-- One row to lock for each partition. It is never updated by an append: an updated counter row decays under a
-- snapshot held open elsewhere, a locked one does not.
CREATE TABLE {schema}.log_partition (
  log text COLLATE "C" NOT NULL,
  partition smallint NOT NULL,
  -- No offset below this is ever given again: raised before a tail is removed.
  floor bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (log, partition)
) WITH (fillfactor = 20);

-- Drawn under a partition's lock, so that an effect's position is above its cause's.
CREATE SEQUENCE {schema}.event_position AS bigint CACHE 1;

CREATE TABLE {schema}.event (
  partition smallint NOT NULL,
  version smallint NOT NULL,
  "offset" bigint NOT NULL,
  position bigint NOT NULL,
  revision bigint NOT NULL,
  recorded_at timestamptz NOT NULL,
  id uuid NOT NULL,
  stream text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  correlation_id text COLLATE "C",
  tenant text COLLATE "C",
  -- json, not jsonb: exact text, and cheaper both ways.
  data json NOT NULL,
  metadata json,
  CONSTRAINT event_pkey PRIMARY KEY (partition, "offset"),
  CONSTRAINT event_revision UNIQUE (partition, stream, revision),
  CONSTRAINT event_id UNIQUE (partition, id)
);
CREATE INDEX event_category ON {schema}.event (partition, category, "offset");
CREATE INDEX event_correlation ON {schema}.event (partition, correlation_id, "offset") WHERE correlation_id IS NOT NULL;

CREATE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'events are append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', HINT = 'Append an event that corrects, or use the named procedures of the event store.';
END $body$;

CREATE TRIGGER event_is_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.event
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();

-- The id of a unit of work that appended nothing, so that its commit can be told after a lost connection.
CREATE TABLE {schema}.unit_marker (
  id uuid PRIMARY KEY,
  committed_at timestamptz NOT NULL DEFAULT {schema}.now()
);
