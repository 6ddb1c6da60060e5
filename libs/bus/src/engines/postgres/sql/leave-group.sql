-- Forgets a member that leaves; a static one is expected back. $1 group, $2 member.
DELETE FROM {schema}.group_member WHERE group_id = $1 AND id = $2 AND instance_id IS NULL RETURNING id
