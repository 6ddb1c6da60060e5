-- Messages may expire in queues $1.
UPDATE {schema}.queue SET expires = true WHERE id = ANY ($1::int[]) AND NOT expires
