-- Exchanges, bindings and queues. The messages of all queues lie in one ring of tables that are only inserted into; what is
-- over goes by TRUNCATE. Consumers claim ranges of a queue's messages, so a claim is one row, and an acknowledgement takes
-- numbers out of that row; only what is given back gets a row of its own.

-- Rises with every change of exchanges, bindings and queues, so that whoever routes by an older state is told.
CREATE TABLE {schema}.topology (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20);
INSERT INTO {schema}.topology DEFAULT VALUES;

CREATE TABLE {schema}.exchange (
  name text COLLATE "C" PRIMARY KEY,
  config json NOT NULL,
  -- The topology's when this exchange, or a binding from it, changed last.
  version bigint NOT NULL
);

INSERT INTO {schema}.exchange (name, config, version)
  SELECT name, json_build_object('type', type, 'internal', false, 'autoDelete', false, 'alternateExchange', NULL), 0
  FROM (VALUES ('amq.direct', 'direct'), ('amq.fanout', 'fanout'), ('amq.headers', 'headers'), ('amq.match', 'headers'),
    ('amq.topic', 'topic')) predeclared(name, type);

CREATE TABLE {schema}.queue (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text COLLATE "C" NOT NULL UNIQUE,
  config json NOT NULL,
  single_active boolean NOT NULL,
  -- Of an exclusive queue: the session it goes with.
  owner uuid,
  -- Whether messages may expire in it.
  expires boolean NOT NULL DEFAULT false,
  had_consumer boolean NOT NULL DEFAULT false,
  used_at timestamptz NOT NULL DEFAULT {schema}.now()
) WITH (fillfactor = 50);

CREATE TABLE {schema}.binding (
  source text COLLATE "C" NOT NULL REFERENCES {schema}.exchange ON DELETE CASCADE,
  to_exchange boolean NOT NULL,
  destination text COLLATE "C" NOT NULL,
  routing_key text COLLATE "C" NOT NULL,
  arguments text NOT NULL,
  arguments_digest text NOT NULL,
  PRIMARY KEY (source, to_exchange, destination, routing_key, arguments_digest)
);
CREATE INDEX ON {schema}.binding (destination, to_exchange);

-- The messages of one priority of a queue, in order. Publishers lock its row and never update it, but for `floor`.
CREATE TABLE {schema}.queue_lane (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  queue integer NOT NULL REFERENCES {schema}.queue ON DELETE CASCADE,
  priority smallint NOT NULL,
  -- The next number, and the bytes of all before, at the least: raised before the last messages of a lane are truncated.
  floor bigint NOT NULL DEFAULT 0,
  floor_bytes bigint NOT NULL DEFAULT 0,
  UNIQUE (queue, priority)
) WITH (fillfactor = 50);

-- A process that consumes. While it lives it holds its claims; when it is silent for too long they are given back.
CREATE TABLE {schema}.queue_session (
  id uuid PRIMARY KEY,
  session_ms integer NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT {schema}.now()
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

CREATE TABLE {schema}.queue_consumer (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  queue integer NOT NULL REFERENCES {schema}.queue ON DELETE CASCADE,
  session uuid NOT NULL REFERENCES {schema}.queue_session ON DELETE CASCADE,
  tag text COLLATE "C" NOT NULL,
  priority integer NOT NULL,
  prefetch integer NOT NULL,
  exclusive boolean NOT NULL
);
CREATE INDEX ON {schema}.queue_consumer (queue, priority);
CREATE INDEX ON {schema}.queue_consumer (session);

-- Messages `first` to `last` of a lane, given to a consumer at once. The newest claim of a lane says where the next begins,
-- so it stays, even when it is empty.
CREATE TABLE {schema}.queue_claim (
  lane integer NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  session uuid NOT NULL,
  consumer integer NOT NULL,
  -- What of it is not settled.
  open int8multirange NOT NULL,
  PRIMARY KEY (lane, first)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Messages that were given back; they come again before all that nobody has had, in their old place, or, where they have to wait,
-- behind all that were there.
CREATE TABLE {schema}.queue_returned (
  lane integer NOT NULL,
  seq bigint NOT NULL,
  -- How often it was delivered and not settled.
  attempts integer NOT NULL,
  due_at timestamptz NOT NULL,
  -- The message behind which it comes again; -1: none, it comes first.
  behind bigint NOT NULL DEFAULT -1,
  -- Who has it just now.
  session uuid,
  consumer integer,
  PRIMARY KEY (lane, seq)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Three of them take turns, `message_old` has what outlived its turn.
CREATE TABLE {schema}.message_0 (
  lane integer NOT NULL,
  -- 0, 1, 2, ... in a lane, without a gap, in the order of commits.
  seq bigint NOT NULL,
  producer integer NOT NULL,
  sequence bigint NOT NULL,
  -- Milliseconds since 1970.
  published_at bigint NOT NULL,
  expires_at bigint,
  -- Bytes of this message and all before it in its lane.
  bytes bigint NOT NULL,
  -- JSON, checked by its sender, as the body.
  envelope text COLLATE "C" NOT NULL,
  -- Null where the same message lies in another queue as well, and its body there.
  body text COLLATE "C",
  body_lane integer,
  body_seq bigint,
  PRIMARY KEY (lane, seq)
);
CREATE TABLE {schema}.message_1 (LIKE {schema}.message_0 INCLUDING ALL);
CREATE TABLE {schema}.message_2 (LIKE {schema}.message_0 INCLUDING ALL);
CREATE TABLE {schema}.message_old (LIKE {schema}.message_0 INCLUDING ALL);

CREATE VIEW {schema}.message AS
  SELECT * FROM {schema}.message_0 UNION ALL SELECT * FROM {schema}.message_1
  UNION ALL SELECT * FROM {schema}.message_2 UNION ALL SELECT * FROM {schema}.message_old;

-- Which of the three is written.
CREATE TABLE {schema}.message_ring (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  active smallint NOT NULL DEFAULT 0,
  turned_at timestamptz NOT NULL DEFAULT {schema}.now()
) WITH (fillfactor = 20);
INSERT INTO {schema}.message_ring DEFAULT VALUES;

-- Claims and acknowledgements do not wait for the disk, so a crash may take back the last of them. It empties this table, too, on
-- which whoever claims next sees it and notes the time: what was published before may have been delivered already.
CREATE UNLOGGED TABLE {schema}.last_crash (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  at_ms bigint NOT NULL
);
INSERT INTO {schema}.last_crash (at_ms) VALUES (0);

-- Messages that are routed when they are due.
CREATE TABLE {schema}.delayed_message (
  -- Of the message.
  id text COLLATE "C" PRIMARY KEY,
  due_at timestamptz NOT NULL,
  envelope text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX ON {schema}.delayed_message (due_at);

-- Replies on their way to who asked: at most once, so it need not outlive a crash.
CREATE UNLOGGED TABLE {schema}.reply (
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  inbox text COLLATE "C" NOT NULL,
  envelope text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT {schema}.now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX ON {schema}.reply (inbox);

CREATE FUNCTION {schema}.now_ms() RETURNS bigint LANGUAGE sql VOLATILE
  AS $body$ SELECT floor(extract(epoch FROM {schema}.now()) * 1000)::bigint $body$;

-- Where the next claim of a lane begins.
CREATE FUNCTION {schema}.lane_head(of_lane int) RETURNS bigint LANGUAGE sql STABLE AS $body$
  SELECT coalesce((SELECT c.last + 1 FROM {schema}.queue_claim c WHERE c.lane = of_lane ORDER BY c.first DESC LIMIT 1), 0)
$body$;

-- The last message of a lane.
CREATE FUNCTION {schema}.lane_tail(of_lane int, OUT seq bigint, OUT bytes bigint) LANGUAGE sql STABLE AS $body$
  SELECT greatest(l.floor - 1, t.seq), greatest(l.floor_bytes, t.bytes)
  FROM {schema}.queue_lane l LEFT JOIN LATERAL (
    SELECT m.seq, m.bytes FROM {schema}.message m WHERE m.lane = l.id ORDER BY m.seq DESC LIMIT 1) t ON true
  WHERE l.id = of_lane
$body$;

-- Whether a queue is to go: its owner is over, or its last consumer, or nobody has used it for too long.
CREATE FUNCTION {schema}.queue_is_unused(q {schema}.queue) RETURNS boolean LANGUAGE sql STABLE AS $body$
  SELECT q.owner IS NOT NULL AND NOT EXISTS (SELECT FROM {schema}.queue_session s WHERE s.id = q.owner)
    OR NOT EXISTS (SELECT FROM {schema}.queue_consumer c WHERE c.queue = q.id) AND (
      q.had_consumer AND (q.config ->> 'autoDelete')::boolean
      OR coalesce(q.used_at + (q.config ->> 'expiresMs')::bigint * interval '1 millisecond' <= {schema}.now(), false))
$body$;
