-- Takes the place of append_events, which no release has had: a batch in which every append is accepted, as nearly all
-- are, is one insert without a loop, and its plans are made once.
DROP FUNCTION {schema}.append_events;

-- Appends a batch: groups of appends, each group all or nothing. One group's conflict is data and fails no other.
-- The statements after the lock have snapshots of their own under READ COMMITTED, so they see what the lock's last
-- holder committed. Folded into one statement they would not: its snapshot is older than its lock.
CREATE FUNCTION {schema}.append_batch(
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
      bool_and(s.expected = s.revision OR s.expected = -1 OR (s.expected = -2 AND s.revision > 0)) AND NOT skip_locked
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
          ELSIF NOT (a_expected[i] = current OR a_expected[i] = -1 OR (a_expected[i] = -2 AND current > 0)) THEN
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
