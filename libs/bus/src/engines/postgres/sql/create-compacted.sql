-- Makes the table that compaction writes, with an index by which it finds the keys it has; {segment} names it.
CREATE TABLE {schema}."record_{segment}" (
  partition smallint NOT NULL,
  producer integer NOT NULL,
  "offset" bigint NOT NULL,
  "timestamp" bigint NOT NULL,
  sequence bigint NOT NULL,
  expires_at timestamptz,
  key text COLLATE "C",
  value text COLLATE "C",
  headers text COLLATE "C",
  PRIMARY KEY (partition, "offset")
);
CREATE INDEX "record_{segment}_key" ON {schema}."record_{segment}" (partition, key);
