-- Makes the table of a segment and the function that appends to it. Two statements, sent without values, since what is
-- created is named: {segment} is the topic's and the segment's number, and {topic} and {number} are the two.
CREATE TABLE {schema}."record_{segment}" (
  partition smallint NOT NULL,
  producer integer NOT NULL,
  "offset" bigint NOT NULL,
  -- Milliseconds since 1970.
  "timestamp" bigint NOT NULL,
  sequence bigint NOT NULL,
  -- Of a tombstone that compaction has met: when it may go.
  expires_at timestamptz,
  key text COLLATE "C",
  -- JSON, checked by its sender.
  value text COLLATE "C",
  headers text COLLATE "C",
  PRIMARY KEY (partition, "offset")
);

-- Appends a batch. The statements after the lock have snapshots of their own under READ COMMITTED, so they see what the
-- lock's last holder committed (as append_batch of the event log).
CREATE FUNCTION {schema}."append_{segment}"(
  lock_wait_ms int,           -- how long to wait for a partition until SQLSTATE 55P03
  skip_locked boolean,        -- leave records whose partition another holds just now
  durability text,            -- synchronous_commit of the transaction, or null to leave it
  from_producer int,
  from_epoch int,
  p_id smallint[],            -- the partitions, ascending, each once
  r_partition int[],          -- per record: index into p_id
  r_place int[],              -- 0, 1, ... among the batch's records for the partition
  r_sequence bigint[],
  r_timestamp bigint[],       -- -1: now
  r_key text[],
  r_value text[],
  r_headers text[],
  OUT outcome smallint,       -- 0 appended, 1 the segment is closed, 2 the producer's epoch is another, 3 the topic is gone
  OUT next_offset bigint[]    -- per partition, before the batch; null: locked by another
) LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan
AS $body$
#variable_conflict use_column
DECLARE
  held smallint[];
  first_offsets bigint[];
  now_epoch int;
  now_ms bigint;
  lock_timeout constant text := set_config('lock_timeout', lock_wait_ms::text, true);
  mode text;
BEGIN
  IF skip_locked THEN
    held := ARRAY(SELECT l.partition FROM {schema}.topic_partition l
      WHERE l.topic = {topic} AND l.partition = ANY (p_id) ORDER BY l.partition FOR NO KEY UPDATE SKIP LOCKED);
  ELSE
    held := ARRAY(SELECT l.partition FROM {schema}.topic_partition l
      WHERE l.topic = {topic} AND l.partition = ANY (p_id) ORDER BY l.partition FOR NO KEY UPDATE);
    IF cardinality(held) < cardinality(p_id) THEN
      outcome := 3;
      RETURN;
    END IF;
  END IF;
  IF durability IS NOT NULL THEN mode := set_config('synchronous_commit', durability, true); END IF;

  SELECT s.bases, (SELECT p.epoch FROM {schema}.producer p WHERE p.id = from_producer)
    INTO first_offsets, now_epoch
    FROM {schema}.topic_segment s WHERE s.topic = {topic} AND s.number = {number} AND s.closed_at IS NULL;
  IF NOT FOUND THEN
    outcome := 1;
    RETURN;
  END IF;
  IF now_epoch IS DISTINCT FROM from_epoch THEN
    outcome := 2;
    RETURN;
  END IF;

  now_ms := floor(extract(epoch FROM {schema}.now()) * 1000);
  -- unnest gives its rows in order.
  SELECT array_agg(CASE WHEN NOT skip_locked OR p.id = ANY (held)
      THEN coalesce(tail."offset" + 1, first_offsets[p.id + 1], 0) END)
    INTO next_offset
    FROM unnest(p_id) p(id)
    LEFT JOIN LATERAL (SELECT e."offset" FROM {schema}."record_{segment}" e
      WHERE e.partition = p.id ORDER BY e."offset" DESC LIMIT 1) tail ON true;

  INSERT INTO {schema}."record_{segment}" (partition, producer, "offset", "timestamp", sequence, key, value, headers)
    SELECT p_id[r.p], from_producer, next_offset[r.p] + r.place,
      CASE WHEN r.at < 0 THEN now_ms ELSE r.at END, r.sequence, r.key, r.value, r.headers
    FROM unnest(r_partition, r_place, r_sequence, r_timestamp, r_key, r_value, r_headers)
      r(p, place, sequence, at, key, value, headers)
    WHERE NOT skip_locked OR next_offset[r.p] IS NOT NULL;
  outcome := 0;
END $body$;
