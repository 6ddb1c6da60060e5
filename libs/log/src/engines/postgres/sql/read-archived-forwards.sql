-- One archived stream, oldest first. $1 partition, $2 stream, $3 first revision, $4 last revision, $5 limit.
SELECT revision, type, version, data, metadata, id, "offset", position, recorded_at, correlation_id, tenant
FROM {schema}.archived_event
WHERE partition = $1 AND stream = $2 AND revision BETWEEN $3 AND $4
ORDER BY revision LIMIT $5
