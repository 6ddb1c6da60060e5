-- The newest state of a stream for each model and version of its shape (DESIGN §4). They save time and nothing else.
CREATE TABLE {schema}.snapshot (
  partition smallint NOT NULL,
  stream text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  state_version int NOT NULL,
  revision bigint NOT NULL,
  taken_at timestamptz NOT NULL,
  state json NOT NULL,
  PRIMARY KEY (partition, stream, model, state_version)
) WITH (fillfactor = 70);

-- Keeps a snapshot unless a newer one is there, the stream has no such revision (any more), or a system event that closes
-- the stream or takes away what the state may hold has come after it. Who appends such an event removes the stream's
-- snapshots and holds this very lock exclusively until its commit; the statement after the lock sees what it did.
CREATE FUNCTION {schema}.save_snapshot(
  in_partition smallint,
  of_stream text,
  of_model text,
  of_version int,
  at_revision bigint,
  new_state json
) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('{schema}.snapshot ' || of_stream, 0));
  INSERT INTO {schema}.snapshot AS kept (partition, stream, model, state_version, revision, taken_at, state)
    SELECT in_partition, of_stream, of_model, of_version, at_revision, {schema}.now(), new_state
    WHERE EXISTS (SELECT FROM {schema}.event e
        WHERE e.partition = in_partition AND e.stream = of_stream AND e.revision = at_revision)
      AND NOT EXISTS (SELECT FROM {schema}.event e
        WHERE e.partition = in_partition AND e.stream = of_stream AND e.revision > at_revision AND e.type LIKE '$%')
    ON CONFLICT (partition, stream, model, state_version) DO UPDATE
      SET revision = excluded.revision, taken_at = excluded.taken_at, state = excluded.state
      WHERE kept.revision < excluded.revision;
END $body$;
