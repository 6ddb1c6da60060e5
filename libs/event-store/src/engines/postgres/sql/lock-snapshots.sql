-- Waits until no snapshot of a stream is being kept, and keeps others waiting until the commit. $1 stream.
SELECT pg_advisory_xact_lock(hashtextextended('{schema}.snapshot ' || $1, 0))::text
