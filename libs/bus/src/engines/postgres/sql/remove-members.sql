-- Forgets members. $1 group, $2 members.
DELETE FROM {schema}.group_member WHERE group_id = $1 AND id = ANY ($2::text[])
