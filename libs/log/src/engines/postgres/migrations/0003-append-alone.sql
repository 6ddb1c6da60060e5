-- Appends one event to one stream: the batch of one, without a batch's book-keeping, for a writer that comes alone.
CREATE FUNCTION {schema}.append_alone(
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
      AND (expected = s.revision OR expected = -1 OR (expected = -2 AND s.revision > 0))
    RETURNING appended.revision, appended."offset" + 1, appended.position INTO new_revision, next_offset, last_position;
  outcome := 0;
  IF NOT FOUND THEN
    outcome := 1;
    new_revision := coalesce((SELECT e.revision FROM {schema}.event e
      WHERE e.partition = in_partition AND e.stream = to_stream ORDER BY e.revision DESC LIMIT 1), 0);
  END IF;
END $body$;
