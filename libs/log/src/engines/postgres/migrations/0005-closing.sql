-- Streams that are closed: archived, so that they can come back as they were, or tombstoned, so that nothing is left but the
-- marker. The marker has the highest revision there is: an append, which looks for the last revision anyway, finds that
-- nothing can follow on it, and revisions are never given twice.

CREATE TABLE {schema}.archived_event (
  LIKE {schema}.event INCLUDING DEFAULTS,
  CONSTRAINT archived_event_pkey PRIMARY KEY (partition, "offset"),
  CONSTRAINT archived_event_revision UNIQUE (partition, stream, revision)
);

-- Events may be moved and removed by the procedures below, which name themselves while they run, and by nobody else.
CREATE OR REPLACE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('annals.procedure', true) IN ('close_stream', 'restore_stream') THEN RETURN NULL; END IF;
  RAISE EXCEPTION 'events are append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', HINT = 'Append an event that corrects, or use the named procedures of the event store.';
END $body$;

CREATE TRIGGER archived_event_is_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.archived_event
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();

-- Closes a stream. Most of the work is done before the partition is locked; what was appended meanwhile follows under the
-- lock. Returns closed, closed-already, no-stream, or tombstoned (when that cannot be archived any more).
CREATE FUNCTION {schema}.close_stream(
  in_partition smallint,
  of_stream text,
  marker_type text,           -- $archived or $tombstoned
  marker_id uuid,
  marker_data json,
  marker_metadata json,
  marker_tenant text
) RETURNS text LANGUAGE plpgsql SET annals.procedure = 'close_stream' AS $body$
DECLARE
  closed constant bigint := 9007199254740991;
  closed_as text;
  -- Past the last offset that was taken away: the tail that is left must not make it be given again.
  past bigint := 0;
  taken bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'LOG_ISOLATION_LEVEL' USING ERRCODE = 'invalid_transaction_state', DETAIL = current_setting('transaction_isolation');
  END IF;
  -- One at a time for each stream; also held by who keeps a snapshot of it.
  PERFORM pg_advisory_xact_lock(hashtextextended('{schema}.snapshot ' || of_stream, 0));
  closed_as := (SELECT e.type FROM {schema}.event e
    WHERE e.partition = in_partition AND e.stream = of_stream AND e.revision = closed);
  IF closed_as = marker_type THEN RETURN 'closed-already'; END IF;
  IF closed_as = '$tombstoned' THEN RETURN 'tombstoned'; END IF;
  IF NOT EXISTS (SELECT FROM {schema}.event e WHERE e.partition = in_partition AND e.stream = of_stream) THEN
    RETURN 'no-stream';
  END IF;

  FOR attempt IN 1..2 LOOP
    IF attempt = 2 THEN
      PERFORM FROM {schema}.log_partition l WHERE l.log = 'events' AND l.partition = in_partition FOR NO KEY UPDATE;
    END IF;
    IF marker_type = '$archived' THEN
      WITH moved AS (
        DELETE FROM {schema}.event e WHERE e.partition = in_partition AND e.stream = of_stream RETURNING *
      ), kept AS (
        INSERT INTO {schema}.archived_event SELECT * FROM moved RETURNING "offset"
      )
      SELECT max("offset") + 1 FROM kept INTO taken;
    ELSE
      WITH gone AS (
        DELETE FROM {schema}.event e WHERE e.partition = in_partition AND e.stream = of_stream RETURNING "offset"
      )
      SELECT max("offset") + 1 FROM gone INTO taken;
    END IF;
    past := greatest(past, taken);
  END LOOP;
  IF marker_type = '$tombstoned' THEN
    DELETE FROM {schema}.archived_event e WHERE e.partition = in_partition AND e.stream = of_stream;
  END IF;

  INSERT INTO {schema}.event (partition, version, "offset", position, revision, recorded_at, id, stream, category, type,
      correlation_id, tenant, data, metadata)
    SELECT in_partition, 1, greatest(l.floor, tail."offset" + 1, past), nextval('{schema}.event_position'), closed,
      greatest(tail.recorded_at, {schema}.now()), marker_id, of_stream, split_part(of_stream, '-', 1), marker_type, NULL,
      marker_tenant, marker_data, marker_metadata
    FROM {schema}.log_partition l
    LEFT JOIN LATERAL (SELECT e."offset", e.recorded_at FROM {schema}.event e
      WHERE e.partition = in_partition ORDER BY e."offset" DESC LIMIT 1) tail ON true
    WHERE l.log = 'events' AND l.partition = in_partition;
  RETURN 'closed';
END $body$;

-- Opens an archived stream again: its events stand where they stood. Returns restored or not-archived.
CREATE FUNCTION {schema}.restore_stream(in_partition smallint, of_stream text)
RETURNS text LANGUAGE plpgsql SET annals.procedure = 'restore_stream' AS $body$
DECLARE
  closed constant bigint := 9007199254740991;
  marker_offset bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('{schema}.snapshot ' || of_stream, 0));
  marker_offset := (SELECT e."offset" FROM {schema}.event e
    WHERE e.partition = in_partition AND e.stream = of_stream AND e.revision = closed AND e.type = '$archived');
  IF marker_offset IS NULL THEN RETURN 'not-archived'; END IF;
  WITH moved AS (
    DELETE FROM {schema}.archived_event e WHERE e.partition = in_partition AND e.stream = of_stream RETURNING *
  )
  INSERT INTO {schema}.event SELECT * FROM moved;
  -- The marker may be the partition's tail. The row is locked by this, so no append draws an offset meanwhile.
  UPDATE {schema}.log_partition l SET floor = greatest(l.floor, marker_offset + 1)
    WHERE l.log = 'events' AND l.partition = in_partition;
  DELETE FROM {schema}.event e WHERE e.partition = in_partition AND e.stream = of_stream AND e.revision = closed;
  RETURN 'restored';
END $body$;

-- Appends one event to one stream: the batch of one, without a batch's book-keeping, for a writer that comes alone.
CREATE OR REPLACE FUNCTION {schema}.append_alone(
  lock_wait_ms int,
  in_partition smallint,
  to_stream text,
  expected bigint,            -- a revision, -1 any, -2 stream exists
  id uuid,
  type text,
  version smallint,
  data json,
  metadata json,
  correlation_id text,
  tenant text,
  OUT outcome smallint,       -- 0 appended, 1 conflict
  OUT new_revision bigint,    -- after the append; the actual one in a conflict
  OUT next_offset bigint,
  OUT last_position bigint
) LANGUAGE plpgsql AS $body$
#variable_conflict use_variable
DECLARE
  -- An assignment is evaluated at once, where PERFORM would run a query.
  lock_timeout constant text := set_config('lock_timeout', lock_wait_ms::text, true);
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'LOG_ISOLATION_LEVEL' USING ERRCODE = 'invalid_transaction_state', DETAIL = current_setting('transaction_isolation');
  END IF;
  PERFORM FROM {schema}.log_partition l WHERE l.log = 'events' AND l.partition = in_partition FOR NO KEY UPDATE;

  -- A statement of its own, whose snapshot is younger than the lock.
  INSERT INTO {schema}.event AS appended (partition, version, "offset", position, revision, recorded_at, id, stream,
      category, type, correlation_id, tenant, data, metadata)
    SELECT in_partition, version, greatest(l.floor, tail."offset" + 1), nextval('{schema}.event_position'), s.revision + 1,
      greatest(tail.recorded_at, {schema}.now()), id, to_stream, split_part(to_stream, '-', 1), type, correlation_id, tenant,
      data, metadata
    FROM {schema}.log_partition l
    LEFT JOIN LATERAL (SELECT e."offset", e.recorded_at FROM {schema}.event e
      WHERE e.partition = in_partition ORDER BY e."offset" DESC LIMIT 1) tail ON true
    CROSS JOIN LATERAL (SELECT coalesce((SELECT e.revision FROM {schema}.event e
      WHERE e.partition = in_partition AND e.stream = to_stream ORDER BY e.revision DESC LIMIT 1), 0) AS revision) s
    WHERE l.log = 'events' AND l.partition = in_partition
      AND s.revision < 9007199254740991 AND (expected = s.revision OR expected = -1 OR (expected = -2 AND s.revision > 0))
    RETURNING appended.revision, appended."offset" + 1, appended.position INTO new_revision, next_offset, last_position;
  outcome := 0;
  IF NOT FOUND THEN
    outcome := 1;
    new_revision := coalesce((SELECT e.revision FROM {schema}.event e
      WHERE e.partition = in_partition AND e.stream = to_stream ORDER BY e.revision DESC LIMIT 1), 0);
  END IF;
END $body$;

-- Appends a batch: groups of appends, each group all or nothing. One group's conflict is data and fails no other.
-- The statements after the lock have snapshots of their own under READ COMMITTED, so they see what the lock's last
-- holder committed. Folded into one statement they would not: its snapshot is older than its lock.
CREATE OR REPLACE FUNCTION {schema}.append_batch(
  lock_wait_ms int,           -- how long to wait for a partition until SQLSTATE 55P03
  hold_ms int,                -- null, or how long the surrounding transaction may idle until its COMMIT
  skip_locked boolean,        -- leave groups whose partitions another holds just now (outcome 2)
  p_id smallint[],            -- the partitions, ascending, each once
  s_name text[],              -- the streams, each once
  s_partition int[],          -- index into p_id
  s_expected bigint[],        -- what must be stored for all appends to the stream to be accepted: a revision, -1 any,
                              -- -2 some event, -3 decide append by append
  a_last int[],               -- per append: index of the last append of its group
  a_stream int[],             -- index into s_name
  a_expected bigint[],        -- a revision, -1 any, -2 stream exists
  a_count int[],              -- how many events
  a_before int[],             -- how many events earlier appends of the batch have for the stream
  e_append int[],             -- per event: index of its append
  e_stream int[],             -- index into s_name
  e_ordinal int[],            -- 1, 2, ... among the batch's events for the stream
  e_place int[],              -- 0, 1, ... among the batch's events for the partition
  e_name text[],              -- of the stream
  e_id uuid[],
  e_type text[],
  e_version smallint[],
  e_data json[],
  e_metadata json[],
  e_correlation_id text[],
  e_tenant text[],
  OUT outcome smallint[],     -- null: all appended; else per append: 0 appended, 1 conflict, 2 locked, 3 another append of
                              -- the group failed, 4 (with hold_ms only) ids of the batch are stored, nothing was appended
  OUT revision bigint[],      -- per stream, before the batch
  OUT next_offset bigint[],   -- per partition, before the batch
  OUT positions bigint[]      -- per event that was appended
) LANGUAGE plpgsql
  -- For arrays whose length differs from call to call the planner would go on planning for each.
  SET plan_cache_mode = force_generic_plan
AS $body$
#variable_conflict use_column
DECLARE
  closed constant bigint := 9007199254740991;
  p_floor bigint[];
  p_time timestamptz[];
  all_accepted boolean;
  -- Per append: events of earlier appends to its stream, and to its partition, that were not accepted. Null: none.
  a_missing int[];
  a_vacant int[];
  -- Assignments are evaluated at once, where PERFORM would run a query.
  lock_timeout constant text := set_config('lock_timeout', lock_wait_ms::text, true);
  hold text;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'LOG_ISOLATION_LEVEL' USING ERRCODE = 'invalid_transaction_state', DETAIL = current_setting('transaction_isolation');
  END IF;

  IF skip_locked THEN
    -- What is not locked here has no floor.
    SELECT array_agg(free.floor ORDER BY p.ordinal) INTO p_floor
      FROM unnest(p_id) WITH ORDINALITY p(id, ordinal)
      LEFT JOIN (SELECT l.partition, l.floor FROM {schema}.log_partition l
        WHERE l.log = 'events' AND l.partition = ANY (p_id) ORDER BY l.partition FOR NO KEY UPDATE SKIP LOCKED) free
        ON free.partition = p.id;
  ELSE
    p_floor := ARRAY(SELECT l.floor FROM {schema}.log_partition l
      WHERE l.log = 'events' AND l.partition = ANY (p_id) ORDER BY l.partition FOR NO KEY UPDATE);
  END IF;

  -- unnest gives its rows in order, here and below.
  SELECT array_agg(greatest(p.floor, tail."offset" + 1)), array_agg(greatest(tail.recorded_at, {schema}.now()))
    INTO next_offset, p_time
    FROM unnest(p_id, p_floor) p(id, floor)
    LEFT JOIN LATERAL (SELECT e."offset", e.recorded_at FROM {schema}.event e
      WHERE e.partition = p.id ORDER BY e."offset" DESC LIMIT 1) tail ON true;

  SELECT array_agg(s.revision),
      bool_and(s.revision < closed AND (s.expected = s.revision OR s.expected = -1 OR (s.expected = -2 AND s.revision > 0)))
        AND NOT skip_locked
    INTO revision, all_accepted
    -- OFFSET 0: or the probe would be made anew for each mention of its result.
    FROM (SELECT s.expected, coalesce((SELECT e.revision FROM {schema}.event e
        WHERE e.partition = p_id[s.p] AND e.stream = s.name ORDER BY e.revision DESC LIMIT 1), 0) AS revision
      FROM unnest(s_name, s_partition, s_expected) s(name, p, expected) OFFSET 0) s;

  IF hold_ms IS NOT NULL THEN
    hold := set_config('idle_in_transaction_session_timeout', hold_ms::text, true);
    -- Here a violated key would take the application's own rows with it.
    IF EXISTS (SELECT FROM unnest(e_stream, e_id) want(s, id)
        JOIN {schema}.event e ON e.partition = p_id[s_partition[want.s]] AND e.id = want.id) THEN
      outcome := array_fill(4::smallint, ARRAY[cardinality(a_count)]);
      RETURN;
    END IF;
  END IF;

  IF NOT all_accepted THEN
    DECLARE
      s_missing int[] := array_fill(0, ARRAY[cardinality(s_name)]);
      p_vacant int[] := array_fill(0, ARRAY[cardinality(p_id)]);
      head int := 1;
      failure smallint;
      s int;
      p int;
      current bigint;
    BEGIN
      outcome := array_fill(0::smallint, ARRAY[cardinality(a_count)]);
      a_missing := outcome;
      a_vacant := outcome;
      WHILE head <= cardinality(a_count) LOOP
        failure := 0;
        FOR i IN head..a_last[head] LOOP
          s := a_stream[i];
          p := s_partition[s];
          a_missing[i] := s_missing[s];
          a_vacant[i] := p_vacant[p];
          current := revision[s] + a_before[i] - s_missing[s];
          IF skip_locked AND p_floor[p] IS NULL THEN
            failure := 2;
          ELSIF revision[s] >= closed
            OR NOT (a_expected[i] = current OR a_expected[i] = -1 OR (a_expected[i] = -2 AND current > 0)) THEN
            failure := 1;
          END IF;
          IF failure > 0 THEN
            outcome[i] := failure;
            EXIT;
          END IF;
        END LOOP;
        IF failure > 0 THEN
          FOR i IN head..a_last[head] LOOP
            s := a_stream[i];
            p := s_partition[s];
            s_missing[s] := s_missing[s] + a_count[i];
            p_vacant[p] := p_vacant[p] + a_count[i];
            IF outcome[i] = 0 THEN outcome[i] := 3; END IF;
          END LOOP;
        END IF;
        head := a_last[head] + 1;
      END LOOP;
      IF NOT 0 = ANY (outcome) THEN RETURN; END IF;
    END;
  END IF;

  WITH appended AS (
    INSERT INTO {schema}.event (partition, version, "offset", position, revision, recorded_at, id, stream, category, type,
        correlation_id, tenant, data, metadata)
      SELECT p_id[s_partition[e.s]], e.version,
        next_offset[s_partition[e.s]] + e.place - coalesce(a_vacant[e.a], 0),
        nextval('{schema}.event_position'),
        revision[e.s] + e.ordinal - coalesce(a_missing[e.a], 0),
        p_time[s_partition[e.s]],
        e.id, e.name, split_part(e.name, '-', 1), e.type, e.correlation_id, e.tenant, e.data, e.metadata
      FROM unnest(e_append, e_stream, e_ordinal, e_place, e_name, e_id, e_type, e_version, e_data, e_metadata,
          e_correlation_id, e_tenant)
        e(a, s, ordinal, place, name, id, type, version, data, metadata, correlation_id, tenant)
      WHERE all_accepted OR outcome[e.a] = 0
      RETURNING position
  )
  SELECT array_agg(a.position) INTO positions FROM appended a;
END $body$;
