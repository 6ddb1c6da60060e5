-- What every lib's tables rest on: a clock that a test kit can turn, and leases.

CREATE FUNCTION {schema}.now() RETURNS timestamptz
  LANGUAGE sql VOLATILE
  AS 'SELECT clock_timestamp()';

CREATE TABLE {schema}.lease (
  name text COLLATE "C" PRIMARY KEY,
  holder text NOT NULL,
  -- Rises whenever the lease changes hands; every write of a holder carries it, so that a stale holder's fail.
  generation bigint NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);
