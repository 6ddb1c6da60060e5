-- What publishers and consumers do in one round trip each. PL/pgSQL, since each statement in it has a snapshot of its own
-- under READ COMMITTED: what follows a lock sees what the lock's last holder committed.

DO $do$
BEGIN
  FOR slot IN 0..2 LOOP
    EXECUTE replace($create$
CREATE FUNCTION {schema}."insert_messages_@slot"(
  from_producer int, l_id int[], next_seq bigint[], next_bytes bigint[], m_lane int[], m_place int[], m_bytes bigint[],
  m_sequence bigint[], m_ttl bigint[], m_envelope text[], m_body text[], m_body_of int[]
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $body$
#variable_conflict use_column
DECLARE
  now_ms constant bigint := {schema}.now_ms();
BEGIN
  INSERT INTO {schema}."message_@slot"
      (lane, seq, producer, sequence, published_at, expires_at, bytes, envelope, body, body_lane, body_seq)
    SELECT l_id[m.l], next_seq[m.l] + m.place, from_producer, m.sequence, now_ms,
      CASE WHEN m.ttl >= 0 THEN now_ms + m.ttl END, next_bytes[m.l] + m.bytes, m.envelope, m.body,
      CASE WHEN m.body_of > 0 THEN l_id[m_lane[m.body_of]] END,
      CASE WHEN m.body_of > 0 THEN next_seq[m_lane[m.body_of]] + m_place[m.body_of] END
    FROM unnest(m_lane, m_place, m_bytes, m_sequence, m_ttl, m_envelope, m_body, m_body_of)
      m(l, place, bytes, sequence, ttl, envelope, body, body_of);
END $body$ $create$, '@slot', slot::text);
  END LOOP;
END $do$;

-- Puts messages into queues, all of them or none.
CREATE FUNCTION {schema}.enqueue(
  lock_wait_ms int,           -- how long to wait for a lane until SQLSTATE 55P03
  skip_locked boolean,        -- rather answer that a lane is locked
  durability text,            -- synchronous_commit of the transaction, or null to leave it
  from_producer int,
  from_epoch int,
  routed_by bigint,           -- the version of the topology
  l_id int[],                 -- lanes, ascending, each once
  m_lane int[],               -- per message and queue: index into l_id
  m_place int[],              -- 0, 1, ... among this call's of the lane
  m_bytes bigint[],           -- of it and of this call's before it in the lane
  m_sequence bigint[],
  m_ttl bigint[],             -- milliseconds until it expires; -1: never
  m_envelope text[],
  m_body text[],
  m_body_of int[],            -- index of the entry whose body is also this one's; 0: it has its own
  OUT outcome smallint,       -- 0 done, 1 the topology is another, 2 the producer's epoch is another, 3 a lane is locked
  OUT next_seq bigint[]       -- per lane, before this call
) LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off
AS $body$
#variable_conflict use_column
DECLARE
  held int[];
  next_bytes bigint[];
  lock_timeout constant text := set_config('lock_timeout', lock_wait_ms::text, true);
  mode text;
BEGIN
  IF skip_locked THEN
    held := ARRAY(SELECT l.id FROM {schema}.queue_lane l WHERE l.id = ANY (l_id) ORDER BY l.id FOR NO KEY UPDATE SKIP LOCKED);
  ELSE
    held := ARRAY(SELECT l.id FROM {schema}.queue_lane l WHERE l.id = ANY (l_id) ORDER BY l.id FOR NO KEY UPDATE);
  END IF;
  IF durability IS NOT NULL THEN mode := set_config('synchronous_commit', durability, true); END IF;
  IF routed_by IS DISTINCT FROM (SELECT t.version FROM {schema}.topology t WHERE t.one) THEN
    outcome := 1;
    RETURN;
  END IF;
  IF cardinality(held) < cardinality(l_id) THEN
    outcome := 3;
    RETURN;
  END IF;
  IF from_epoch IS DISTINCT FROM (SELECT p.epoch FROM {schema}.producer p WHERE p.id = from_producer) THEN
    outcome := 2;
    RETURN;
  END IF;
  SELECT array_agg(coalesce(greatest(l.floor, t.seq + 1), 0) ORDER BY l.id), array_agg(greatest(l.floor_bytes, t.bytes) ORDER BY l.id)
    INTO next_seq, next_bytes
    FROM {schema}.queue_lane l LEFT JOIN LATERAL (
      SELECT m.seq, m.bytes FROM {schema}.message m WHERE m.lane = l.id ORDER BY m.seq DESC LIMIT 1) t ON true
    WHERE l.id = ANY (l_id);
  CASE (SELECT r.active FROM {schema}.message_ring r WHERE r.one)
    WHEN 0 THEN PERFORM {schema}.insert_messages_0(from_producer, l_id, next_seq, next_bytes, m_lane, m_place, m_bytes,
      m_sequence, m_ttl, m_envelope, m_body, m_body_of);
    WHEN 1 THEN PERFORM {schema}.insert_messages_1(from_producer, l_id, next_seq, next_bytes, m_lane, m_place, m_bytes,
      m_sequence, m_ttl, m_envelope, m_body, m_body_of);
    ELSE PERFORM {schema}.insert_messages_2(from_producer, l_id, next_seq, next_bytes, m_lane, m_place, m_bytes,
      m_sequence, m_ttl, m_envelope, m_body, m_body_of);
  END CASE;
  outcome := 0;
END $body$;

-- Gives a consumer messages of a queue: first what was given back and is due, then what nobody has had, of each lane.
CREATE FUNCTION {schema}.claim(
  from_queue int,
  for_session uuid,
  for_consumer int,
  lanes int[],                -- of the queue, in the order in which they are to be emptied
  want int,
  settled boolean             -- they are settled with that: nobody will acknowledge
) RETURNS TABLE (
  -- What is null is as in the row before: a row costs as much as its columns.
  lane int,                   -- -1: the session is over; -2: the queue is gone
  seq bigint,
  first bigint,               -- names the claim; -1: it was given back before
  attempt int,
  published_at bigint,
  expires_at bigint,
  now_ms bigint,
  envelope text,
  body text,
  again boolean               -- true: it may have been delivered before, though nobody gave it back
) LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off
AS $body$
#variable_conflict use_column
DECLARE
  q record;
  mine record;
  of_lane int;
  head record;
  given_back bigint[];
  head_seq bigint;
  taken int;
  any_ready boolean;
  crashed_ms bigint;
  at_ms constant bigint := {schema}.now_ms();
BEGIN
  SELECT q.single_active INTO q FROM {schema}.queue q WHERE q.id = from_queue;
  IF NOT FOUND THEN
    lane := -2;
    RETURN NEXT;
    RETURN;
  END IF;
  PERFORM FROM {schema}.queue_session s WHERE s.id = for_session
    AND s.seen_at + s.session_ms * interval '1 millisecond' > {schema}.now();
  IF NOT FOUND THEN
    lane := -1;
    RETURN NEXT;
    RETURN;
  END IF;
  -- A look without a lock first: a lock has to be on disk, and most who are woken find that others were faster.
  any_ready := false;
  FOREACH of_lane IN ARRAY lanes LOOP
    head_seq := coalesce((
      SELECT c.last + 1 FROM {schema}.queue_claim c WHERE c.lane = of_lane ORDER BY c.first DESC LIMIT 1), 0);
    any_ready := EXISTS (SELECT FROM {schema}.queue_returned b WHERE b.lane = of_lane AND b.session IS NULL
        AND b.due_at <= {schema}.now() AND b.behind < head_seq)
      OR EXISTS (SELECT FROM {schema}.message m WHERE m.lane = of_lane AND m.seq = head_seq);
    EXIT WHEN any_ready;
  END LOOP;
  IF NOT any_ready THEN RETURN; END IF;
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT c.at_ms INTO crashed_ms FROM {schema}.last_crash c WHERE c.one;
  IF NOT FOUND THEN
    crashed_ms := at_ms;
    INSERT INTO {schema}.last_crash (at_ms) VALUES (at_ms) ON CONFLICT DO NOTHING;
  END IF;
  PERFORM FROM {schema}.queue q WHERE q.id = from_queue FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    lane := -2;
    RETURN NEXT;
    RETURN;
  END IF;
  IF for_consumer > 0 THEN
    SELECT c.priority INTO mine FROM {schema}.queue_consumer c WHERE c.id = for_consumer;
    -- What a lost connection still brings must not take messages for a consumer that has given all of them back.
    IF NOT FOUND THEN
      lane := -1;
      RETURN NEXT;
      RETURN;
    END IF;
    IF q.single_active THEN
      PERFORM FROM {schema}.queue_consumer c WHERE c.queue = from_queue
        AND (c.priority > mine.priority OR c.priority = mine.priority AND c.id < for_consumer);
      IF FOUND THEN RETURN; END IF;
    ELSE
      -- As long as one of a higher priority can take more, the others get nothing.
      PERFORM FROM {schema}.queue_consumer c WHERE c.queue = from_queue AND c.priority > mine.priority
        AND (c.prefetch = 0 OR c.prefetch > (
          SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM {schema}.queue_claim k, unnest(k.open) r
          WHERE k.lane = ANY (lanes) AND k.consumer = c.id) + (
          SELECT count(*) FROM {schema}.queue_returned b WHERE b.lane = ANY (lanes) AND b.consumer = c.id));
      IF FOUND THEN RETURN; END IF;
    END IF;
  END IF;
  FOREACH of_lane IN ARRAY lanes LOOP
    EXIT WHEN want <= 0;
    SELECT c.first, c.last + 1 AS seq, isempty(c.open) AS over INTO head
      FROM {schema}.queue_claim c WHERE c.lane = of_lane ORDER BY c.first DESC LIMIT 1;
    head_seq := coalesce(head.seq, 0);
    SELECT array_agg(b.seq) INTO given_back FROM (
      SELECT b.seq FROM {schema}.queue_returned b WHERE b.lane = of_lane AND b.session IS NULL
        AND b.due_at <= {schema}.now() AND b.behind < head_seq ORDER BY b.seq LIMIT want) b;
    IF given_back IS NOT NULL THEN
      RETURN QUERY
        SELECT DISTINCT ON (m.seq) m.lane, m.seq, -1::bigint, b.attempts + 1, m.published_at, m.expires_at, at_ms, m.envelope,
          coalesce(m.body, (SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1)),
          NULL::boolean
        FROM {schema}.queue_returned b, {schema}.message m
        WHERE b.lane = of_lane AND b.seq = ANY (given_back) AND m.lane = b.lane AND m.seq = b.seq ORDER BY m.seq;
      IF settled THEN
        DELETE FROM {schema}.queue_returned b WHERE b.lane = of_lane AND b.seq = ANY (given_back);
      ELSE
        UPDATE {schema}.queue_returned b SET session = for_session, consumer = for_consumer
          WHERE b.lane = of_lane AND b.seq = ANY (given_back);
      END IF;
      want := want - cardinality(given_back);
      EXIT WHEN want <= 0;
    END IF;
    RETURN QUERY
      SELECT DISTINCT ON (m.seq) CASE WHEN m.seq = head_seq THEN m.lane END, m.seq,
        CASE WHEN m.seq = head_seq THEN head_seq END, CASE WHEN m.seq = head_seq THEN 1 END, m.published_at, m.expires_at,
        CASE WHEN m.seq = head_seq THEN at_ms END, m.envelope,
        coalesce(m.body, (SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1)),
        CASE WHEN m.published_at <= crashed_ms THEN true END
      FROM {schema}.message m WHERE m.lane = of_lane AND m.seq >= head_seq AND m.seq < head_seq + want ORDER BY m.seq;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken > 0 THEN
      IF head.over THEN DELETE FROM {schema}.queue_claim c WHERE c.lane = of_lane AND c.first = head.first; END IF;
      INSERT INTO {schema}.queue_claim (lane, first, last, session, consumer, open) VALUES (
        of_lane, head_seq, head_seq + taken - 1, for_session, for_consumer,
        CASE WHEN settled THEN '{}'::int8multirange ELSE int8multirange(int8range(head_seq, head_seq + taken)) END);
      want := want - taken;
    END IF;
  END LOOP;
END $body$;

-- Settles messages of a session. What is not the session's any more is left alone.
CREATE FUNCTION {schema}.settle(
  of_session uuid,
  c_lane int[],               -- per claim
  c_first bigint[],
  c_done text[],              -- the messages of it that are settled, as int8multirange
  r_lane int[],               -- per message that was given back before, and is done now
  r_seq bigint[],
  b_lane int[],               -- per message that is given back; those of claims are in c_done as well
  b_first bigint[],           -- names the claim; -1: it was given back before
  b_seq bigint[],
  b_attempts int[],           -- how often it was tried by now
  b_delay bigint[]            -- milliseconds until it may come again
) RETURNS TABLE (lane int, first bigint, seq bigint) -- of what was settled: claims with a null seq, else -1 and the message
LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off
AS $body$
#variable_conflict use_column
BEGIN
  IF cardinality(c_lane) > 0 THEN
    IF cardinality(b_lane) > 0 THEN
      INSERT INTO {schema}.queue_returned (lane, seq, attempts, due_at, behind)
        SELECT b.lane, b.seq, b.attempts, {schema}.now() + b.delay * interval '1 millisecond',
          CASE WHEN b.delay > 0 THEN (SELECT t.seq FROM {schema}.lane_tail(b.lane) t) ELSE -1 END
        FROM unnest(b_lane, b_first, b_seq, b_attempts, b_delay) b(lane, first, seq, attempts, delay),
          {schema}.queue_claim c
        WHERE b.first >= 0 AND c.lane = b.lane AND c.first = b.first AND c.session = of_session AND c.open @> b.seq
        ORDER BY b.lane, b.seq;
    END IF;
    -- What is over goes, unless it is the lane's newest.
    RETURN QUERY DELETE FROM {schema}.queue_claim c USING unnest(c_lane, c_first, c_done) d(lane, first, done)
      WHERE c.lane = d.lane AND c.first = d.first AND c.session = of_session AND c.open = d.done::int8multirange
        AND EXISTS (SELECT FROM {schema}.queue_claim n WHERE n.lane = d.lane AND n.first > d.first)
      RETURNING c.lane, c.first, NULL::bigint;
    RETURN QUERY UPDATE {schema}.queue_claim c SET open = c.open - d.done::int8multirange
      FROM unnest(c_lane, c_first, c_done) d(lane, first, done)
      WHERE c.lane = d.lane AND c.first = d.first AND c.session = of_session AND c.open @> d.done::int8multirange
        AND d.done <> '{}'
      RETURNING c.lane, c.first, NULL::bigint;
  END IF;
  IF cardinality(r_lane) > 0 THEN
    RETURN QUERY DELETE FROM {schema}.queue_returned r USING unnest(r_lane, r_seq) d(lane, seq)
      WHERE r.lane = d.lane AND r.seq = d.seq AND r.session = of_session
      RETURNING r.lane, -1::bigint, r.seq;
  END IF;
  IF cardinality(b_lane) > 0 THEN
    RETURN QUERY UPDATE {schema}.queue_returned r
      SET session = NULL, consumer = NULL, attempts = b.attempts,
        due_at = {schema}.now() + b.delay * interval '1 millisecond',
        behind = CASE WHEN b.delay > 0 THEN (SELECT t.seq FROM {schema}.lane_tail(b.lane) t) ELSE -1 END
      FROM unnest(b_lane, b_first, b_seq, b_attempts, b_delay) b(lane, first, seq, attempts, delay)
      WHERE b.first < 0 AND r.lane = b.lane AND r.seq = b.seq AND r.session = of_session
      RETURNING r.lane, -1::bigint, r.seq;
  END IF;
END $body$;

-- What is in lanes.
CREATE FUNCTION {schema}.lane_states(of_lanes int[]) RETURNS TABLE (
  lane int,
  head bigint,                -- the number of the first message that nobody has had, and of the next to come
  tail bigint,
  head_bytes bigint,          -- the bytes of bodies before each of the two
  tail_bytes bigint,
  ready bigint,               -- what was given back and may come again, its bytes, and what has to wait for that
  ready_bytes bigint,
  waiting bigint,
  held bigint                 -- what is in consumers' hands
) LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off
AS $body$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT l.id, h.head, t.seq + 1, coalesce(f.before, t.bytes), t.bytes, b.ready, b.bytes, b.waiting, b.held + u.open
    FROM {schema}.queue_lane l
    CROSS JOIN LATERAL (SELECT {schema}.lane_head(l.id) AS head) h
    CROSS JOIN LATERAL {schema}.lane_tail(l.id) t
    LEFT JOIN LATERAL (
      SELECT m.bytes - octet_length(coalesce(m.body, (
        SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1))) AS before
      FROM {schema}.message m WHERE m.lane = l.id AND m.seq = h.head LIMIT 1) f ON true
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE r.session IS NULL AND r.due_at <= {schema}.now()) AS ready,
        coalesce(sum((SELECT octet_length(coalesce(m.body, (
            SELECT o.body FROM {schema}.message o WHERE o.lane = m.body_lane AND o.seq = m.body_seq LIMIT 1)))
          FROM {schema}.message m WHERE m.lane = r.lane AND m.seq = r.seq LIMIT 1))
          FILTER (WHERE r.session IS NULL AND r.due_at <= {schema}.now()), 0)::bigint AS bytes,
        count(*) FILTER (WHERE r.session IS NULL AND r.due_at > {schema}.now()) AS waiting,
        count(*) FILTER (WHERE r.session IS NOT NULL) AS held
      FROM {schema}.queue_returned r WHERE r.lane = l.id) b
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(upper(o) - lower(o)), 0)::bigint AS open
      FROM {schema}.queue_claim c, unnest(c.open) o WHERE c.lane = l.id) u
    WHERE l.id = ANY (of_lanes) ORDER BY l.id;
END $body$;

-- What nobody else takes care of: sessions without a sign of life; queues whose next message has expired, or one that was given
-- back; queues that are to go, since their owner is over, or their last consumer, or nobody has used them for too long; whether
-- a delayed message is due.
CREATE FUNCTION {schema}.find_due() RETURNS TABLE (kind text, name text) LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off
AS $body$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT 'session', s.id::text FROM {schema}.queue_session s
    WHERE s.seen_at + s.session_ms * interval '1 millisecond' <= {schema}.now()
    UNION ALL
    SELECT 'expired', q.name FROM {schema}.queue q WHERE q.expires AND EXISTS (
      SELECT FROM {schema}.queue_lane l CROSS JOIN LATERAL (
        SELECT m.expires_at FROM {schema}.message m WHERE m.lane = l.id AND m.seq = {schema}.lane_head(l.id) LIMIT 1) m
      WHERE l.queue = q.id AND m.expires_at <= {schema}.now_ms()
      UNION ALL
      SELECT FROM {schema}.queue_lane l JOIN {schema}.queue_returned r ON r.lane = l.id AND r.session IS NULL
        JOIN {schema}.message m ON m.lane = r.lane AND m.seq = r.seq
      WHERE l.queue = q.id AND m.expires_at <= {schema}.now_ms())
    UNION ALL
    SELECT 'unused', q.name FROM {schema}.queue q
    WHERE {schema}.queue_is_unused(q)
    UNION ALL
    (SELECT 'delayed', d.id FROM {schema}.delayed_message d WHERE d.due_at <= {schema}.now() LIMIT 1);
END $body$;
