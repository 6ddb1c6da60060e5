-- Who holds cursors of a projection just now: whoever keeps the connection $1 waiting, and who keeps those waiting.
-- $1 the server process that waits for the cursors.
SELECT holder.pid, coalesce(holder.query, ''), coalesce(holder.state, ''), holder.xact_start,
  CASE WHEN holder.state = 'active' THEN holder.wait_event_type END,
  blocker.pid, coalesce(blocker.application_name, ''), coalesce(blocker.query, ''), coalesce(blocker.state, ''),
  blocker.xact_start
FROM unnest(pg_blocking_pids($1)) AS holding (pid)
JOIN pg_stat_activity holder ON holder.pid = holding.pid
LEFT JOIN LATERAL unnest(pg_blocking_pids(holding.pid)) AS blocking (pid) ON true
LEFT JOIN pg_stat_activity blocker ON blocker.pid = blocking.pid
