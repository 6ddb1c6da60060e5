-- Where each projection stands: one row per partition of the event log. A row is written in the same transaction as the
-- read model, so both are always of the same age.
CREATE TABLE {schema}.projection_cursor (
  name text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  partition smallint NOT NULL,
  -- The offset to go on from.
  "offset" bigint NOT NULL,
  -- Of the owner's lease: a stale owner finds no row of its generation, and its transaction fails.
  generation bigint NOT NULL,
  -- What stands in the way of this partition; cleared when it moves on.
  failure text,
  failed_at timestamptz,
  PRIMARY KEY (name, version, partition)
) WITH (
  -- Updated with every batch: room for the new row beside the old one saves the index, and frequent vacuums keep it small.
  fillfactor = 40,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000
);
