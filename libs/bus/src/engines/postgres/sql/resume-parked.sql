-- Has parked records tried again. $1 group's name, $2 parking keys, or null for all.
UPDATE {schema}.parked_record p SET resumed = true
FROM {schema}.consumer_group g
WHERE g.name = $1 AND p.group_id = g.id AND ($2::text[] IS NULL OR p.key = ANY ($2))
RETURNING p."offset"
