-- Copies the newest record of each key from a segment, unless a newer segment had one: segments come from the newest on.
-- A tombstone that is met for the first time is kept so long that whoever reads now still sees it; one that has been kept for
-- so long has nothing older before it, and goes. $1 milliseconds to keep a tombstone.
INSERT INTO {schema}."record_{into}" (partition, producer, "offset", "timestamp", sequence, expires_at, key, value, headers)
SELECT DISTINCT ON (r.partition, r.key)
  r.partition, r.producer, r."offset", r."timestamp", r.sequence,
  CASE WHEN r.value IS NULL THEN coalesce(r.expires_at, {schema}.now() + $1 * interval '1 millisecond') END,
  r.key, r.value, r.headers
FROM {schema}."record_{segment}" r
WHERE NOT EXISTS (SELECT FROM {schema}."record_{into}" newer WHERE newer.partition = r.partition AND newer.key = r.key)
  AND (r.expires_at IS NULL OR r.expires_at > {schema}.now())
ORDER BY r.partition, r.key, r."offset" DESC
