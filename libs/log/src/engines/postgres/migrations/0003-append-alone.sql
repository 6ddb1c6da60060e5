-- Appends events to one stream: the batch of one, without the batch's book-keeping, for a writer that comes alone.
CREATE FUNCTION {schema}.append_alone(
  lock_wait_ms int,
  in_partition smallint,
  to_stream text,
  expected bigint,            -- a revision, -1 any, -2 stream exists
  e_ordinal int[],            -- 1, 2, ...
  e_id uuid[],
  e_type text[],
  e_version smallint[],
  e_data json[],
  e_metadata json[],
  e_correlation_id text[],
  e_tenant text[],
  OUT outcome smallint,       -- 0 appended, 1 conflict
  OUT new_revision bigint,    -- after the append; the actual one in a conflict
  OUT next_offset bigint,
  OUT last_position bigint
) LANGUAGE plpgsql AS $body$
#variable_conflict use_column
DECLARE
  first_offset bigint;
  now_or_later timestamptz;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'LOG_ISOLATION_LEVEL' USING ERRCODE = 'invalid_transaction_state', DETAIL = current_setting('transaction_isolation');
  END IF;
  PERFORM set_config('lock_timeout', lock_wait_ms::text, true);
  PERFORM FROM {schema}.log_partition l WHERE l.log = 'events' AND l.partition = in_partition FOR NO KEY UPDATE;

  SELECT greatest(l.floor, tail."offset" + 1), greatest(tail.recorded_at, {schema}.now()), coalesce(s.revision, 0)
    INTO first_offset, now_or_later, new_revision
    FROM {schema}.log_partition l
    LEFT JOIN LATERAL (SELECT e."offset", e.recorded_at FROM {schema}.event e
      WHERE e.partition = l.partition ORDER BY e."offset" DESC LIMIT 1) tail ON true
    LEFT JOIN LATERAL (SELECT e.revision FROM {schema}.event e
      WHERE e.partition = l.partition AND e.stream = to_stream ORDER BY e.revision DESC LIMIT 1) s ON true
    WHERE l.log = 'events' AND l.partition = in_partition;

  IF expected = new_revision OR expected = -1 OR (expected = -2 AND new_revision > 0) THEN
    outcome := 0;
  ELSE
    outcome := 1;
    RETURN;
  END IF;
  next_offset := 0;
  last_position := 0;
  IF cardinality(e_id) = 0 THEN RETURN; END IF;

  INSERT INTO {schema}.event (partition, version, "offset", position, revision, recorded_at, id, stream, category, type,
      correlation_id, tenant, data, metadata)
    SELECT in_partition, e.version, first_offset + k - 1, nextval('{schema}.event_position'), new_revision + k, now_or_later,
      e.id, to_stream, split_part(to_stream, '-', 1), e.type, e.correlation_id, e.tenant, e.data, e.metadata
    FROM unnest(e_ordinal, e_id, e_type, e_version, e_data, e_metadata, e_correlation_id, e_tenant)
      e(k, id, type, version, data, metadata, correlation_id, tenant);
  next_offset := first_offset + cardinality(e_id);
  new_revision := new_revision + cardinality(e_id);
  -- Of the last row: this session drew it in the statement before.
  last_position := currval('{schema}.event_position');
END $body$;
