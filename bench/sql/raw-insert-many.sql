-- $1 partitions, $2 offsets, $3 positions, $4 streams, $5 revisions, $6 ids, $7 types, $8 correlation ids, $9 data, $10 metadata: arrays
INSERT INTO annals.event (partition, version, "offset", position, revision, recorded_at, id, stream, category, type, correlation_id, data, metadata)
SELECT partition, 1, "offset", position, revision, now(), id, stream, 'order', type, correlation_id, data, metadata
FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::uuid[], $7::text[], $8::text[], $9::json[], $10::json[])
  e (partition, "offset", position, stream, revision, id, type, correlation_id, data, metadata)
