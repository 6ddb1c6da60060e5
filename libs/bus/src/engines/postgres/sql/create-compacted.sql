-- Makes the table that compaction writes, like a segment's, with an index by which it finds the keys it has; {into} names it,
-- {segment} one of those that are compacted.
CREATE TABLE {schema}."record_{into}" (LIKE {schema}."record_{segment}" INCLUDING INDEXES);
CREATE INDEX "record_{into}_key" ON {schema}."record_{into}" (partition, key);
