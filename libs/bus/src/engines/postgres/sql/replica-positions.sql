-- How far the primary's disk is, and each standby's that streams: bytes of WAL since its beginning.
SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint,
  ARRAY(SELECT coalesce(pg_wal_lsn_diff(r.flush_lsn, '0/0'), 0)::bigint
    FROM pg_stat_replication r WHERE r.state = 'streaming')
