-- Events below have been handled before, by this version or another: what they brought about outside the read model does
-- not happen again.
ALTER TABLE {schema}.projection_cursor ADD COLUMN replayed_to bigint NOT NULL DEFAULT 0;

-- Projections that are to stand still, in whatever process.
CREATE TABLE {schema}.projection_pause (
  name text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  reason text NOT NULL,
  paused_at timestamptz NOT NULL DEFAULT {schema}.now(),
  PRIMARY KEY (name, version)
);

-- Events that are set aside: the cursor has passed them, but they are not in the read model. The first of a key is the one
-- that failed; those after it wait for it.
CREATE TABLE {schema}.projection_parked (
  name text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  partition smallint NOT NULL,
  "offset" bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  -- A skipped event stands alone: its key is its own, and nothing waits for it.
  skipped boolean NOT NULL,
  -- Orders the events of one key across partitions.
  position bigint NOT NULL,
  stream text NOT NULL,
  -- What the last attempt ended with; null for those that wait.
  failure text,
  attempts integer NOT NULL DEFAULT 0,
  -- Infinity: not before somebody says so.
  next_at timestamptz NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT {schema}.now(),
  PRIMARY KEY (name, version, partition, "offset")
);
CREATE INDEX projection_parked_by_key ON {schema}.projection_parked (name, version, key, position);

-- One row per rebuild under way, and the last one of each projection.
CREATE TABLE {schema}.projection_rebuild (
  name text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  -- The version whose tables it takes the place of.
  replaces integer NOT NULL,
  state text NOT NULL CHECK (state IN ('filling', 'switched', 'unequal', 'failed', 'cancelled', 'switched-back')),
  compare text NOT NULL CHECK (compare IN ('none', 'equal', 'own')),
  detail text,
  began_at timestamptz NOT NULL DEFAULT {schema}.now(),
  ended_at timestamptz
);
