-- What became of commands that carry an id. Written in the transaction of the command's events, so that a command that is
-- sent twice takes effect once.
CREATE TABLE {schema}.command_ledger (
  command_id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  digest text NOT NULL,
  outcome json NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT {schema}.now()
);
CREATE INDEX command_ledger_by_age ON {schema}.command_ledger (recorded_at);
