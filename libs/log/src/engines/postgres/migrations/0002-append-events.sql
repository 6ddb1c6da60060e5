-- Appends a batch: groups of appends, each group all or nothing. One group's conflict is data and fails no other.
-- The statements after the lock have snapshots of their own under READ COMMITTED, so they see what the lock's last
-- holder committed. Folded into one statement they would not: its snapshot is older than its lock.
CREATE FUNCTION {schema}.append_events(
  lock_wait_ms int,           -- how long to wait for a partition until SQLSTATE 55P03
  hold_ms int,                -- null, or how long the surrounding transaction may idle until its COMMIT
  skip_locked boolean,        -- leave groups whose partitions another holds just now (outcome 2)
  p_id smallint[],            -- the partitions, ascending, each once
  s_name text[],              -- the streams, each once
  s_partition int[],          -- index into p_id
  a_last int[],               -- per append: index of the last append of its group
  a_stream int[],             -- index into s_name
  a_expected bigint[],        -- a revision, -1 any, -2 stream exists
  a_count int[],              -- how many events
  e_append int[],             -- per event: index of its append
  e_ordinal int[],            -- 1, 2, ... within its append
  e_stream text[],
  e_id uuid[],
  e_type text[],
  e_version smallint[],
  e_data json[],
  e_metadata json[],
  e_correlation_id text[],
  e_tenant text[],
  OUT outcome smallint[],     -- per append: 0 appended, 1 conflict, 2 locked, 3 another append of the group failed,
                              -- 4 (with hold_ms only) ids of the batch are stored already, so nothing was appended
  OUT revision bigint[],      -- of the stream after the append; the actual one in a conflict
  OUT next_offset bigint[],
  OUT last_position bigint[]
) LANGUAGE plpgsql AS $body$
#variable_conflict use_column
DECLARE
  appends constant int := cardinality(a_count);
  free smallint[];
  p_floor bigint[];
  p_next bigint[];
  p_time timestamptz[];
  s_revision bigint[];
  a_partition smallint[] := array_fill(0::smallint, ARRAY[appends]);
  a_time timestamptz[] := array_fill('-infinity'::timestamptz, ARRAY[appends]);
  a_offset bigint[] := array_fill(0::bigint, ARRAY[appends]);    -- before the append's first event, as are these two
  a_revision bigint[] := array_fill(0::bigint, ARRAY[appends]);
  a_event int[] := array_fill(0, ARRAY[appends]);
  positions bigint[];
  accepted int := 0;
  head int := 1;
  failed int;
  s int;
  p int;
  -- Assignments are evaluated at once, where PERFORM would run a query.
  lock_timeout constant text := set_config('lock_timeout', lock_wait_ms::text, true);
  hold constant text := CASE WHEN hold_ms IS NOT NULL THEN set_config('idle_in_transaction_session_timeout', hold_ms::text, true) END;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'LOG_ISOLATION_LEVEL' USING ERRCODE = 'invalid_transaction_state', DETAIL = current_setting('transaction_isolation');
  END IF;

  IF skip_locked THEN
    free := ARRAY(SELECT l.partition FROM {schema}.log_partition l
      WHERE l.log = 'events' AND l.partition = ANY (p_id) ORDER BY l.partition FOR NO KEY UPDATE SKIP LOCKED);
    p_floor := ARRAY(SELECT l.floor FROM {schema}.log_partition l
      WHERE l.log = 'events' AND l.partition = ANY (p_id) ORDER BY l.partition);
  ELSE
    p_floor := ARRAY(SELECT l.floor FROM {schema}.log_partition l
      WHERE l.log = 'events' AND l.partition = ANY (p_id) ORDER BY l.partition FOR NO KEY UPDATE);
  END IF;

  SELECT array_agg(greatest(p.floor, tail."offset" + 1)), array_agg(greatest(tail.recorded_at, {schema}.now()))
    INTO p_next, p_time
    FROM unnest(p_id, p_floor) p(id, floor)
    LEFT JOIN LATERAL (SELECT e."offset", e.recorded_at FROM {schema}.event e
      WHERE e.partition = p.id ORDER BY e."offset" DESC LIMIT 1) tail ON true;

  -- unnest gives its rows in order, here and above.
  s_revision := ARRAY(SELECT coalesce((SELECT e.revision FROM {schema}.event e
      WHERE e.partition = p_id[s.p] AND e.stream = s.name ORDER BY e.revision DESC LIMIT 1), 0)
    FROM unnest(s_name, s_partition) s(name, p));

  outcome := array_fill(0::smallint, ARRAY[appends]);
  revision := array_fill(0::bigint, ARRAY[appends]);
  next_offset := array_fill(0::bigint, ARRAY[appends]);
  last_position := array_fill(0::bigint, ARRAY[appends]);

  IF hold_ms IS NOT NULL AND EXISTS (
    -- Here a violated key would take the application's own rows with it.
    SELECT FROM unnest(e_append, e_id) want(a, id)
    JOIN {schema}.event e ON e.partition = p_id[s_partition[a_stream[want.a]]] AND e.id = want.id
  ) THEN
    outcome := array_fill(4::smallint, ARRAY[appends]);
    RETURN;
  END IF;

  -- Those of events that are not appended are lost: positions may have holes.
  positions := ARRAY(SELECT nextval('{schema}.event_position') FROM generate_series(1, cardinality(e_id)));

  WHILE head <= appends LOOP
    failed := 0;
    FOR i IN head..a_last[head] LOOP
      s := a_stream[i];
      IF skip_locked AND NOT p_id[s_partition[s]] = ANY (free) THEN
        failed := i;
        outcome[i] := 2;
        EXIT;
      END IF;
      IF a_expected[i] = s_revision[s] OR a_expected[i] = -1 OR (a_expected[i] = -2 AND s_revision[s] > 0) THEN
        a_revision[i] := s_revision[s];
        s_revision[s] := s_revision[s] + a_count[i];
      ELSE
        failed := i;
        outcome[i] := 1;
        EXIT;
      END IF;
    END LOOP;

    IF failed = 0 THEN
      FOR i IN head..a_last[head] LOOP
        p := s_partition[a_stream[i]];
        a_partition[i] := p_id[p];
        a_time[i] := p_time[p];
        a_offset[i] := p_next[p];
        a_event[i] := accepted;
        p_next[p] := p_next[p] + a_count[i];
        accepted := accepted + a_count[i];
        revision[i] := a_revision[i] + a_count[i];
        IF a_count[i] > 0 THEN
          next_offset[i] := p_next[p];
          last_position[i] := positions[accepted];
        END IF;
      END LOOP;
    ELSE
      FOR i IN head..a_last[head] LOOP
        IF i < failed THEN s_revision[a_stream[i]] := s_revision[a_stream[i]] - a_count[i]; END IF;
        IF i <> failed THEN outcome[i] := 3; END IF;
      END LOOP;
      revision[failed] := s_revision[a_stream[failed]];
    END IF;
    head := a_last[head] + 1;
  END LOOP;

  IF accepted = 0 THEN RETURN; END IF;

  INSERT INTO {schema}.event (partition, version, "offset", position, revision, recorded_at, id, stream, category, type,
      correlation_id, tenant, data, metadata)
    SELECT a_partition[a], e.version, a_offset[a] + k - 1, positions[a_event[a] + k], a_revision[a] + k, a_time[a],
      e.id, e.stream, split_part(e.stream, '-', 1), e.type, e.correlation_id, e.tenant, e.data, e.metadata
    FROM unnest(e_append, e_ordinal, e_stream, e_id, e_type, e_version, e_data, e_metadata, e_correlation_id, e_tenant)
      e(a, k, stream, id, type, version, data, metadata, correlation_id, tenant)
    WHERE outcome[a] = 0;

END $body$;
