-- $1 partition, $2 offset, $3 position, $4 stream, $5 revision, $6 id, $7 type, $8 correlation id, $9 data, $10 metadata
INSERT INTO annals.event (partition, version, "offset", position, stream, revision, recorded_at, id, type, category, correlation_id, data, metadata)
VALUES ($1, 1, $2, $3, $4, $5, now(), $6, $7, 'order', $8, $9, $10)
