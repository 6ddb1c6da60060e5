-- The members of a group. $1 group.
SELECT id, instance_id, topics, assignor, session_ms, floor(extract(epoch FROM seen_at) * 1000)::bigint
FROM {schema}.group_member WHERE group_id = $1 ORDER BY id
