-- Notes a member's sign of life. $1 group, $2 member, $3 instance id, $4 topics, $5 assignor, $6 session in milliseconds.
INSERT INTO {schema}.group_member AS m (group_id, id, instance_id, topics, assignor, session_ms, seen_at)
VALUES ($1, $2, $3, $4, $5, $6, {schema}.now())
ON CONFLICT (group_id, id) DO UPDATE
SET topics = excluded.topics, assignor = excluded.assignor, session_ms = excluded.session_ms, seen_at = excluded.seen_at
